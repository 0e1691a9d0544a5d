import { AppError } from '../protocol/index.ts'
import { DrizzleQueryError } from './drizzle.ts'

/** SQLSTATE classes and codes of a server that cannot serve now, or that gave up on a call (PostgreSQL, appendix A). */
const UNAVAILABLE = /^(08|53|57P|57014|58|25P03|25P04|40001|40P01|55P03)/
/** untranslatable_character and character_not_in_repertoire: U+0000 in `jsonb`, and in a plain text. */
const NO_CHARACTER: readonly unknown[] = ['22P05', '22021']
/** No class begins with E, as the system's own codes do: EPIPE is no answer of the server. */
const SQLSTATE = /^(?!E)[0-9A-Z]{5}$/

/**
 * A database's error as ours. Drizzle's own message is left out: it quotes the parameters, and those hold secrets.
 * What is no answer of the server (a refused, cut or timed-out connection) is `database.unavailable`.
 */
export function toDatabaseError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const cause = thrown instanceof DrizzleQueryError ? thrown.cause : thrown
  const state = sqlState(cause)
  if (NO_CHARACTER.includes(state)) {
    return new AppError('request.invalid', 'A text contains the character U+0000, which cannot be stored: remove it.', {
      cause,
    })
  }
  if (state === undefined || UNAVAILABLE.test(state)) {
    return new AppError('database.unavailable', 'The database cannot be reached now: try again.', { cause })
  }
  return new AppError('internal', 'The database refused a statement.', { cause, details: { sqlState: state } })
}

function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && SQLSTATE.test(error.code) ? error.code : undefined
}
