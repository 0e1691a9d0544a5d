import {
  AppError,
  isSenderId,
  MAX_SIGNAL_BYTES,
  SIGNAL_SCHEMAS,
  type Signal,
  UnknownSignalSchema,
} from '../protocol/index.ts'
import { compileCheck, type Mismatch, mismatchError, pointerOf } from '../protocol/mismatch.ts'
import { parseJson } from '../protocol/parse-json.ts'

/** A signal dated further ahead than this is dated now: one wrong clock must not push everything else into the past. */
const MAX_AHEAD_MS = 10_000

const checks: ReadonlyMap<string, (value: unknown) => Mismatch | undefined> = new Map(
  Object.entries(SIGNAL_SCHEMAS).map(([type, schema]) => [type, compileCheck(schema)]),
)
const checkUnknown = compileCheck(UnknownSignalSchema)

/** Parses one text frame. Errors: `signal.invalid`. */
export function parseSignal(text: string, nowMs: number): Signal {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be parsed'
    throw new AppError('signal.invalid', `The frame is not usable JSON (${why}); send one signal as one text frame`, {
      received: text.slice(0, 100),
      allowed: 'a JSON object',
      cause,
    })
  }
  return checkSignal(value, nowMs)
}

/**
 * Checks one signal and completes it: `at` becomes now when it is absent or more than ten seconds ahead, and a `seq` is
 * taken away, because numbers are the hub's. `path` leads to the signal in a request's body. A type that this version does not know passes. Errors: `signal.invalid`.
 */
export function checkSignal(value: unknown, nowMs: number, path: readonly string[] = []): Signal {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('signal.invalid', 'A signal must be a JSON object with `v`, `type` and its own fields', {
      field: pointerOf(path),
      received: Array.isArray(value) ? 'an array' : value,
      allowed: 'a JSON object',
    })
  }
  const { seq: _seq, ...signal } = { at: nowMs, ...value } as Record<string, unknown>
  const check = (typeof signal.type === 'string' && checks.get(signal.type)) || checkUnknown
  if (signal.type === 'error') throw reservedType(path)
  const mismatch = check(signal)
  if (mismatch) throw mismatchError('signal.invalid', { ...mismatch, path: [...path, ...mismatch.path] }, 'The signal')
  const checked = signal as unknown as Signal
  if (checked.id !== undefined && !isSenderId(checked.id)) throw reservedId(checked.id, path)
  return checked.at > nowMs + MAX_AHEAD_MS ? { ...checked, at: nowMs } : checked
}

function reservedType(path: readonly string[]): AppError {
  return new AppError('signal.invalid', "The type `error` is the hub's own, for its answers to wrong frames", {
    field: pointerOf([...path, 'type']),
    received: 'error',
    allowed: 'any other type',
  })
}

function reservedId(received: string, path: readonly string[]): AppError {
  return new AppError('signal.invalid', "Ids that begin with `hub.` are the hub's own; give the signal another", {
    field: pointerOf([...path, 'id']),
    received,
    allowed: 'an id that does not begin with `hub.`',
  })
}

/** Errors: `signal.invalid` when the signal is larger than a room carries. */
export function checkSignalSize(signal: Signal, path: readonly string[] = []): void {
  const bytes = Buffer.byteLength(JSON.stringify(signal))
  if (bytes <= MAX_SIGNAL_BYTES) return
  throw new AppError('signal.invalid', `The signal has ${bytes} bytes as JSON; a room carries ${MAX_SIGNAL_BYTES}`, {
    field: pointerOf(path),
    received: `${bytes} bytes`,
    allowed: `at most ${MAX_SIGNAL_BYTES} bytes`,
  })
}
