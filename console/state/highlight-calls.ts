import type { Highlight, HighlightTrigger, Recap, RecapRequest, Share } from '../../src/protocol/index.ts'
import { RETRY_POLICIES, retry } from '../../src/timing/index.ts'
import { dropHighlight, endOfDay, type GalleryFilter, keepHighlights, keepRecaps, startOfDay } from './gallery.ts'
import { newIdempotencyKey } from './idempotency-key.ts'
import type { Session } from './session.ts'

const PAGE_SIZE = 24
/** The API's largest page. */
const WHOLE_PAGE_SIZE = 100

/** Asks for a highlight until the service has answered. Idempotent by its key: a press is neither lost nor cut twice. */
export async function triggerHighlight(
  session: Session,
  recordingId: string,
  trigger: HighlightTrigger,
): Promise<Highlight> {
  const idempotencyKey = newIdempotencyKey()
  const ask = () => session.call(({ highlights }) => highlights.trigger(recordingId, trigger, { idempotencyKey }))
  const highlight = await retry(ask, { policy: RETRY_POLICIES.highlight, code: 'service.unreachable' })
  session.changeGallery((gallery) => keepHighlights(gallery, [highlight]))
  return highlight
}

export interface GalleryPage {
  /** The last one of the page; undefined when it is empty. */
  readonly oldestId: string | undefined
  readonly nextCursor: string | null
}

/** Loads one page of the gallery, newest first, into the session. */
export async function loadHighlights(
  session: Session,
  filter: GalleryFilter,
  { cursor, limit = PAGE_SIZE }: { readonly cursor?: string | undefined; readonly limit?: number } = {},
): Promise<GalleryPage> {
  const { text, recording, room, by, favourite, since, until } = filter
  const page = await session.call(({ highlights }) =>
    highlights.list({
      limit,
      ...(text !== undefined && { label: text }),
      ...(recording !== undefined && { recordingId: recording }),
      ...(room !== undefined && { room }),
      ...(by !== undefined && { by }),
      ...(favourite !== undefined && { favourite }),
      ...(since !== undefined && { since: new Date(startOfDay(since)).toISOString() }),
      ...(until !== undefined && { until: new Date(endOfDay(until)).toISOString() }),
      ...(cursor !== undefined && { cursor }),
    }),
  )
  session.changeGallery((gallery) => keepHighlights(gallery, page.items))
  return { oldestId: page.items.at(-1)?.id, nextCursor: page.nextCursor }
}

/** Loads every highlight of a recording, because its time line shows them all. */
export async function loadHighlightsOf(session: Session, recording: string): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await loadHighlights(session, { recording }, { cursor, limit: WHOLE_PAGE_SIZE })
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

export async function loadHighlight(session: Session, id: string): Promise<void> {
  const highlight = await session.call(({ highlights }) => highlights.get(id))
  session.changeGallery((gallery) => keepHighlights(gallery, [highlight]))
}

/** Marks at once; an error of the service takes the mark back and is thrown. */
export async function setFavourite(session: Session, highlight: Highlight, favourite: boolean): Promise<void> {
  const mark = (value: boolean) =>
    session.changeGallery((gallery) => {
      const known = gallery.highlights.get(highlight.id)
      return known ? keepHighlights(gallery, [{ ...known, favourite: value }]) : gallery
    })
  mark(favourite)
  try {
    await session.call(({ highlights }) => highlights.setFavourite(highlight.id, favourite))
  } catch (error) {
    mark(!favourite)
    throw error
  }
}

export async function setLabel(session: Session, id: string, label: string | null): Promise<void> {
  const highlight = await session.call(({ highlights }) => highlights.update(id, { label }))
  session.changeGallery((gallery) => keepHighlights(gallery, [highlight]))
}

export async function deleteHighlight(session: Session, id: string): Promise<void> {
  await session.call(({ highlights }) => highlights.delete(id))
  session.changeGallery((gallery) => dropHighlight(gallery, id))
}

export async function loadShares(session: Session, id: string): Promise<readonly Share[]> {
  return await wholeList((page) => session.call(({ highlights }) => highlights.shares(id, page)))
}

export async function shareHighlight(session: Session, id: string, expiresInSec: number): Promise<Share> {
  return await session.call(({ highlights }) => highlights.share(id, { expiresInSec }))
}

export async function revokeShare(session: Session, id: string, shareId: string): Promise<void> {
  await session.call(({ highlights }) => highlights.revokeShare(id, shareId))
}

export async function makeRecap(session: Session, recordingId: string, request: RecapRequest): Promise<Recap> {
  const recap = await session.call(({ highlights }) => highlights.recap(recordingId, request))
  session.changeGallery((gallery) => keepRecaps(gallery, [recap]))
  return recap
}

export async function loadRecap(session: Session, id: string): Promise<void> {
  const recap = await session.call(({ highlights }) => highlights.getRecap(id))
  session.changeGallery((gallery) => keepRecaps(gallery, [recap]))
}

export async function loadRecaps(session: Session, recordingId: string): Promise<void> {
  const items = await wholeList((page) => session.call(({ highlights }) => highlights.recaps(recordingId, page)))
  session.changeGallery((gallery) => keepRecaps(gallery, items))
}

type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null }

async function wholeList<T>(
  load: (page: { readonly limit: number; readonly cursor?: string }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await load({ limit: WHOLE_PAGE_SIZE, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}
