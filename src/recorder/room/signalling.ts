import type { TSchema } from 'typebox'
import { WebSocket } from 'ws'
import {
  AppError,
  MAX_SIGNAL_BYTES,
  SIGNAL_SCHEMAS,
  type Signal,
  type Signalling,
  type SignalType,
  UnknownSignalSchema,
} from '../../protocol/index.ts'
import { compileCheck, type Mismatch } from '../../protocol/mismatch.ts'
import { parseJson } from '../../protocol/parse-json.ts'
import { isObject } from '../../protocol/schema/schema-words.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { BackOff, RETRY_POLICIES, repeat, Throttle } from '../../timing/index.ts'

interface SignallingOptions {
  readonly signalling: Signalling
  readonly logger: LogPort
  readonly onSignals: (signals: readonly Signal[]) => void
  /** Called once for each row of failures: the server cannot be reached, and is tried again for ever. */
  readonly onTrouble: (error: AppError) => void
}

const HEARTBEAT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000
/** A connection that lasted this long resets the back-off. */
const STABLE_MS = 5_000

/**
 * Receives the signals of the room from its signalling server, and reconnects for ever. After a break it resumes with
 * `?after=<seq>`; signals that arrive together are passed on together.
 */
export function joinSignalling(options: SignallingOptions): AsyncDisposable {
  const leaving = new AbortController()
  const work = stayConnected(options, leaving.signal)
  return {
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await work
    },
  }
}

async function stayConnected(options: SignallingOptions, signal: AbortSignal): Promise<void> {
  let afterSeq = 0
  const backOff = new BackOff(RETRY_POLICIES.store)
  const onSignals = (signals: readonly Signal[]): void => {
    for (const { seq } of signals) afterSeq = Math.max(afterSeq, seq ?? 0)
    options.onSignals(signals)
  }
  while (!signal.aborted) {
    const openedAtMs = performance.now()
    const reason = await runConnection({ ...options, onSignals }, afterSeq, signal)
    if (signal.aborted) return
    if (performance.now() - openedAtMs > STABLE_MS) backOff.reset()
    if (backOff.isFresh) options.onTrouble(unreachable(options.signalling.url, reason))
    await backOff.wait(signal)
  }
}

/** Runs one connection from its handshake to its end; resolves with why it ended. */
function runConnection(options: SignallingOptions, afterSeq: number, signal: AbortSignal): Promise<string> {
  const url = new URL(options.signalling.url)
  if (afterSeq > 0) url.searchParams.set('after', String(afterSeq))
  const { token } = options.signalling
  const socket = new WebSocket(url, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    maxPayload: MAX_SIGNAL_BYTES,
    followRedirects: false,
  })
  const batch = createBatch(options.onSignals)
  return new Promise((resolve) => {
    let reason = 'the connection was closed'
    const heartbeat = watchHeartbeat(socket)
    const leave = (): void => socket.terminate()
    signal.addEventListener('abort', leave, { once: true })
    socket.on('message', (data) => {
      const { signal: received, mismatch } = parseSignal(data.toString())
      if (received !== undefined) batch(received)
      else options.logger.warn({ mismatch }, 'the signalling server sent what is not a signal; it is left out')
    })
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', (code, text) => {
      heartbeat[Symbol.dispose]()
      signal.removeEventListener('abort', leave)
      resolve(text.length > 0 ? `${code} ${text.toString()}` : reason)
    })
  })
}

/** Terminates a connection whose other end is silent: a pulled cable closes no socket (RFC 6455 §5.5.2). */
function watchHeartbeat(socket: WebSocket): Disposable {
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  return repeat({
    everyMs: HEARTBEAT_MS,
    work() {
      if (socket.readyState !== WebSocket.OPEN) return
      if (!alive) return socket.terminate()
      alive = false
      socket.ping()
    },
  })
}

/** Passes on together what arrives together. */
function createBatch(onSignals: (signals: readonly Signal[]) => void): (signal: Signal) => void {
  const collected: Signal[] = []
  const batch = new Throttle(0, () => onSignals(collected.splice(0)))
  return (signal) => {
    collected.push(signal)
    batch.request()
  }
}

/** Checks outside data: a signal of a known type must match that type's schema. */
function parseSignal(text: string): { readonly signal?: Signal; readonly mismatch?: Mismatch | string } {
  try {
    const value = parseJson(text)
    const mismatch = checkOf(isObject(value) ? value.type : undefined)(value)
    return mismatch === undefined ? { signal: value as Signal } : { mismatch }
  } catch (error) {
    return { mismatch: String(error) }
  }
}

const checks = new Map<TSchema, ReturnType<typeof compileCheck>>()

/** The check of a type is compiled at its first signal, so that a start does not wait for it. */
function checkOf(type: unknown): ReturnType<typeof compileCheck> {
  const isKnown = typeof type === 'string' && Object.hasOwn(SIGNAL_SCHEMAS, type)
  const schema = isKnown ? SIGNAL_SCHEMAS[type as SignalType] : UnknownSignalSchema
  const check = checks.get(schema) ?? compileCheck(schema)
  checks.set(schema, check)
  return check
}

function unreachable(url: string, reason: string): AppError {
  const { origin, pathname } = new URL(url)
  return new AppError(
    'signalling.unreachable',
    `The signalling server ${origin}${pathname} cannot be reached: ${reason}; the recording goes on and keeps trying`,
  )
}
