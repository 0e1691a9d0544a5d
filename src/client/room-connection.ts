import { AppError, isErrorCode, type Signal } from '../protocol/index.ts'
import type { SignalInput } from './signal-input.ts'

/** The subprotocol of the hub; the token travels beside it, because a browser can send no header. */
const SUBPROTOCOL = 'panorec.v1'
const REFUSED = 'The room refused the connection, or the service is not there: check the token and the room'

export interface JoinOptions {
  readonly token?: string
  /** The identity of a host at a service without keys. */
  readonly as?: string
  /** Only the history after this `seq`. */
  readonly afterSeq?: number
  /** Called with what the hub refused; the connection stays. */
  readonly onRefused?: (error: AppError) => void
  readonly signal?: AbortSignal
}

/** One place in a room. Iterating gives the history and then everything live, until the connection ends. */
export interface RoomConnection extends AsyncIterable<Signal>, AsyncDisposable {
  send(signal: SignalInput): void
  /** Resolves when the connection is closed, with why. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  close(): void
}

/** Joins a room over WebSocket. Errors: `signalling.unreachable` when the connection does not come about. */
export async function joinRoom(baseUrl: string, room: string, options: JoinOptions = {}): Promise<RoomConnection> {
  const { token, signal, onRefused = () => undefined } = options
  const socket = new WebSocket(
    roomUrl(baseUrl, room, options),
    token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, token],
  )
  const inbox = createInbox()
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      inbox.end()
      resolve({ code, reason })
    })
  })
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Signal | ErrorFrame
    if (isErrorFrame(frame)) onRefused(errorOf(frame))
    else inbox.put(frame)
  })
  const close = () => socket.close()
  signal?.addEventListener('abort', close)
  void closed.then(() => signal?.removeEventListener('abort', close))
  if (signal?.aborted) close()
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    void closed.then(() => reject(new AppError('signalling.unreachable', REFUSED, { field: 'room', received: room })))
  })
  return {
    closed,
    close,
    send: (message) => socket.send(JSON.stringify(message)),
    [Symbol.asyncIterator]: () => inbox.read(),
    async [Symbol.asyncDispose]() {
      close()
      await closed
    },
  }
}

function roomUrl(baseUrl: string, room: string, { as, afterSeq }: JoinOptions): URL {
  const url = new URL(`${baseUrl.replace(/\/$/, '')}/v1/rooms/${encodeURIComponent(room)}/signals`)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  if (as !== undefined) url.searchParams.set('as', as)
  if (afterSeq !== undefined) url.searchParams.set('after', String(afterSeq))
  return url
}

interface ErrorFrame {
  readonly type: 'error'
  readonly code: string
  readonly message: string
  readonly field?: string
  readonly received?: unknown
  readonly allowed?: string
}

function isErrorFrame(frame: Signal | ErrorFrame): frame is ErrorFrame {
  return frame.type === 'error' && 'code' in frame
}

function errorOf({ code, message, field, received, allowed }: ErrorFrame): AppError {
  return new AppError(isErrorCode(code) ? code : 'internal', message, {
    received,
    ...(field !== undefined && { field }),
    ...(allowed !== undefined && { allowed }),
  })
}

/** What came in and was not read yet, as an async iterable for one reader. */
function createInbox() {
  const waiting: Signal[] = []
  let ended = false
  let wake = () => {}
  return {
    put(signal: Signal) {
      waiting.push(signal)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    async *read(): AsyncGenerator<Signal, void, undefined> {
      for (;;) {
        const next = waiting.shift()
        if (next) yield next
        else if (ended) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}
