import { AppError } from '../protocol/index.ts'

const FORMAT = /^before:([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}$/

/** The opaque cursor of the page that follows this id. */
export function cursorAfter(id: string): string {
  return btoa(`before:${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Which page of a list. */
export interface PageQuery {
  /** From 1 to 100. */
  readonly limit: number
  /** The `nextCursor` of the page before; `request.cursor-invalid` when it is none. */
  readonly cursor?: string
}

/** What a repository is asked for a page: one more than it holds, so that the last page is known. */
export interface PageOfRecords {
  readonly limit: number
  /** Only ids below this one. */
  readonly beforeId?: string
}

type Prefix = 'rec' | 'hl' | 'shr' | 'rcp' | 'sch'

/** Errors: `request.cursor-invalid`. */
export function pageOfRecords({ limit, cursor }: PageQuery, prefix: Prefix): PageOfRecords {
  return { limit: limit + 1, ...(cursor !== undefined && { beforeId: parseCursor(cursor, prefix) }) }
}

/** The page from what the repository has given, and the cursor of the next one. */
export function cutPage<T extends { readonly id: string }>(
  records: readonly T[],
  limit: number,
): { readonly page: readonly T[]; readonly nextCursor: string | null } {
  const page = records.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: records.length > limit && last ? cursorAfter(last.id) : null }
}

/** The id that a cursor holds. Throws `request.cursor-invalid` for any text that `cursorAfter` did not make of such an id. */
export function parseCursor(cursor: string, prefix: Prefix): string {
  const text = decode(cursor)
  if (FORMAT.exec(text)?.[1] === prefix) return text.slice('before:'.length)
  throw new AppError(
    'request.cursor-invalid',
    'The `cursor` is not one that this service issued: use the `nextCursor` of a page.',
    {
      field: '/cursor',
      received: cursor,
      allowed: 'the `nextCursor` of the page before',
    },
  )
}

function decode(cursor: string): string {
  if (!/^[A-Za-z0-9_-]{1,200}$/.test(cursor)) return ''
  return Buffer.from(cursor, 'base64url').toString('latin1')
}
