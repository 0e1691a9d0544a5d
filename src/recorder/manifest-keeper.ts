import type { Publication } from '../archive/index.ts'
import { buildManifest, loadManifest, type Manifest, storeManifest, type TakeProgress } from '../archive/index.ts'
import type { ErrorInfo, RecorderRequest } from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'

/** Keeps `recording.json` up to date through one take. */
export interface ManifestKeeper {
  /** The recording stands still, or goes on. Not stored by itself. */
  pause(isPaused: boolean): void
  /** Reads what earlier takes left and stores the manifest with this take in it. */
  open(publication: Publication): Promise<void>
  /** The wall time of the take's first picture, epoch milliseconds. */
  begin(startedAtMs: number): void
  /** Stores the manifest as it is now; does nothing before `open`. */
  save(): Promise<void>
  /** Stores it for the last time in this take. */
  close(end: {
    readonly state: 'completed' | 'recording' | 'recovering'
    readonly endedAt: string
    readonly error: ErrorInfo | null
  }): Promise<void>
}

export function createManifestKeeper(store: SegmentStore, request: RecorderRequest, openedAt: string): ManifestKeeper {
  let earlier: Manifest | undefined
  let opened: Publication | undefined
  let progress: TakeProgress = { state: 'recording', startedAt: openedAt, endedAt: null, error: null }
  const save = async (): Promise<void> => {
    if (opened === undefined) return
    await storeManifest(store, buildManifest(request, earlier, progress, opened.stored))
  }
  return {
    async open(publication) {
      if (request.take > 1) earlier = await loadManifest(store, request.recordingId)
      opened = publication
      await save()
    },
    begin(startedAtMs) {
      progress = { ...progress, startedAt: new Date(startedAtMs).toISOString() }
    },
    pause(isPaused) {
      progress = { ...progress, state: isPaused ? 'paused' : 'recording' }
    },
    save,
    async close(end) {
      progress = { ...progress, ...end }
      await save()
    },
  }
}
