import type {
  Highlight,
  HighlightFilter,
  HighlightList,
  HighlightPatch,
  HighlightTrigger,
  Recap,
  RecapList,
  RecapRequest,
  Share,
  ShareList,
} from '../protocol/index.ts'
import type { Once, PageQuery } from '../recording/index.ts'

/**
 * Who triggers: a call of the API, or the recorder of the recording for a signal of the room or a rule. `key` is the same for
 * the same trigger, however often it is said: there is one highlight of it.
 */
export type TriggerOrigin =
  | { readonly trigger: 'api'; readonly key?: string | undefined }
  | { readonly trigger: 'signal' | 'rule'; readonly key: string; readonly rule: string | null }

/** Which page of which highlights, newest first. */
export interface HighlightQuery extends HighlightFilter, PageQuery {}

/**
 * The use cases of highlights, as the API calls them. An id that is not known gives `recording.not-found`,
 * `highlight.not-found`, `share.not-found` or `recap.not-found`.
 */
export interface Highlights {
  /**
   * Resolves when the highlight is stored, so that it cannot be lost; the clip follows as events. Errors:
   * `highlight.too-far-ahead`; for a call of the API `highlight.no-media` with the nearest range in `allowed`, when that is
   * known already. Any other trigger over a hole gives a highlight that has failed: there is no caller to refuse.
   */
  trigger(recordingId: string, trigger: HighlightTrigger, origin?: TriggerOrigin): Promise<Highlight>
  get(id: string): Promise<Highlight>
  /** Newest first. */
  list(query: HighlightQuery): Promise<HighlightList>
  /** Deletes its media and its shares with it; a clip that is being made is thrown away. */
  delete(id: string): Promise<void>
  update(id: string, patch: HighlightPatch): Promise<Highlight>
  setFavourite(id: string, favourite: boolean): Promise<Highlight>
  /** With `once` it makes one link, however often it is called. */
  share(id: string, options?: { readonly expiresInSec?: number }, once?: Once): Promise<Share>
  /** Newest first, with those that expired or were revoked. */
  shares(id: string, query: PageQuery): Promise<ShareList>
  /** Idempotent: the first time of revocation is kept. */
  revokeShare(id: string, shareId: string): Promise<Share>
  /** What the link's bearer may see. `share.not-found` when it is forged, has expired or was revoked. */
  openShare(token: string): Promise<{ readonly highlight: Highlight; readonly share: Share }>
  /** Errors: `highlight.not-ready` when one of the chosen, or none of all, has its clip; `recap.too-long`. */
  recap(recordingId: string, request: RecapRequest, once?: Once): Promise<Recap>
  getRecap(id: string): Promise<Recap>
  /** Newest first. */
  recaps(recordingId: string, query: PageQuery): Promise<RecapList>
  /** Its film goes too; one that is being rendered is thrown away. */
  deleteRecap(id: string): Promise<void>
}
