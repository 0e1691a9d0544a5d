import { AppError } from '../protocol/index.ts'

const FORMAT = /^before:([a-z]+)_[0-9A-HJKMNP-TV-Z]{26}$/

/** The opaque cursor of the page that follows this id. */
export function cursorAfter(id: string): string {
  return btoa(`before:${id}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The id that a cursor holds. Throws `request.cursor-invalid` for any text that `cursorAfter` did not make of such an id. */
export function parseCursor(cursor: string, prefix: 'rec' | 'hl'): string {
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
