import type { HighlightRecordQuery, HighlightRepository } from './ports.ts'
import type { HighlightRecord } from './record.ts'

const PAGE = 100

/** Reads all highlights of a query, newest first, page by page; those added meanwhile are left out. */
export async function* listAll(
  highlights: Pick<HighlightRepository, 'list'>,
  query: Omit<HighlightRecordQuery, 'limit'>,
): AsyncGenerator<HighlightRecord> {
  let beforeId: string | undefined
  for (;;) {
    const page = await highlights.list({ ...query, limit: PAGE, ...(beforeId !== undefined && { beforeId }) })
    yield* page
    beforeId = page.at(-1)?.id
    if (page.length < PAGE || beforeId === undefined) return
  }
}
