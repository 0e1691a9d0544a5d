import { AppError, isErrorCode, type Signal } from '../protocol/index.ts'
import { Mailbox } from '../timing/index.ts'
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
  const protocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, token]
  const connection = new SocketConnection(new WebSocket(roomUrl(baseUrl, room, options), protocols), onRefused)
  const close = () => connection.close()
  signal?.addEventListener('abort', close)
  void connection.closed.then(() => signal?.removeEventListener('abort', close))
  if (signal?.aborted) close()
  if (await connection.opened) return connection
  throw new AppError('signalling.unreachable', REFUSED, { field: 'room', received: room })
}

class SocketConnection implements RoomConnection {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** True once the connection is open, false when it does not come about. */
  readonly opened: Promise<boolean>
  readonly #socket: WebSocket
  /** What came in and is not read yet. */
  readonly #inbox = new Mailbox<Signal>()

  constructor(socket: WebSocket, onRefused: (error: AppError) => void) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.#inbox.close()
        resolve({ code, reason })
      })
    })
    this.opened = new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('close', () => resolve(false))
    })
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Signal | ErrorFrame
      if (isErrorFrame(frame)) onRefused(errorOf(frame))
      else this.#inbox.put(frame)
    })
  }

  send(message: SignalInput): void {
    this.#socket.send(JSON.stringify(message))
  }

  close(): void {
    this.#socket.close()
  }

  [Symbol.asyncIterator](): AsyncIterator<Signal, void, undefined> {
    return this.#inbox[Symbol.asyncIterator]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.closed
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
