import type { WebSocket } from 'ws'
import { AppError, type Signal, toAppError } from '../protocol/index.ts'
import { after } from '../timing/index.ts'
import type { Admission, HubLimits } from './hub.ts'
import { authorise } from './permissions.ts'
import { RateLimit } from './rate-limit.ts'
import { parseSignal } from './signal-check.ts'

/** WebSocket close codes (RFC 6455 §7.4.1 and its registry). */
export const CLOSE_GOING_AWAY = 1001
const CLOSE_UNSUPPORTED_DATA = 1003
export const CLOSE_INTERNAL_ERROR = 1011
const CLOSE_TRY_AGAIN_LATER = 1013

/** Frames of one sender that may wait to be stored before its socket is no longer read. */
const MAX_UNSTORED = 256
/** Bytes that a replay keeps in flight: enough to fill the wire, little enough for many late joiners at once. */
const REPLAY_WINDOW_BYTES = 1024 * 1024

/** How long the other end may take to answer a close frame. */
const CLOSE_GRACE_MS = 1000

interface ConnectionOptions {
  readonly socket: WebSocket
  readonly admission: Admission
  readonly limits: HubLimits
  readonly clock: () => number
  /** Stores a checked signal. */
  publish(signal: Signal): Promise<void>
  onError(error: AppError): void
}

/** Serves one socket: checks what it sends, answers wrong frames with an error frame, and bounds what waits for it. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: WebSocket
  readonly #rate: RateLimit
  /** Signals of this sender that are not stored yet. */
  #unstored = 0
  #isAlive = true

  constructor(options: ConnectionOptions) {
    const { socket, limits, clock } = options
    this.#options = options
    this.#socket = socket
    this.#rate = new RateLimit({ burst: limits.burst, perSec: limits.signalsPerSec, clock })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(CLOSE_UNSUPPORTED_DATA, 'signals are JSON text frames')
      else this.#onFrame(data.toString())
    })
  }

  get admission(): Admission {
    return this.#options.admission
  }

  /** Waits while the reader is behind: for a replay of any length. */
  async sendPaced(text: string): Promise<void> {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return
    const sent = new Promise<void>((resolve) => socket.send(text, () => resolve()))
    if (socket.bufferedAmount > REPLAY_WINDOW_BYTES) await sent
  }

  /** Never waits; a reader that is too far behind loses its connection. */
  sendLive(text: string): void {
    const socket = this.#socket
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > this.#options.limits.maxBufferedBytes) {
      socket.close(CLOSE_TRY_AGAIN_LATER, 'reads too slowly; reconnect with ?after=')
      socket.terminate()
    } else socket.send(text)
  }

  /** Sends a ping; ends the connection when the one before had no answer. */
  heartbeat(): void {
    if (this.#isAlive) this.#socket.ping()
    else this.#socket.terminate()
    this.#isAlive = false
  }

  /** Resolves when the socket is closed, after one second by force. */
  async close(code: number, reason: string): Promise<void> {
    const socket = this.#socket
    if (socket.readyState === socket.CLOSED) return
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.close(code, reason)
    using _force = after(CLOSE_GRACE_MS, () => socket.terminate())
    await closed
  }

  #onFrame(text: string): void {
    const socket = this.#socket
    this.#unstored += 1
    if (this.#unstored === MAX_UNSTORED) socket.pause()
    void this.#publish(text).finally(() => {
      this.#unstored -= 1
      if (socket.isPaused && this.#unstored < MAX_UNSTORED / 2) socket.resume()
    })
  }

  async #publish(text: string): Promise<void> {
    const { admission, limits, clock, publish, onError } = this.#options
    try {
      if (!this.#rate.take()) throw rateError(limits)
      await publish(authorise(parseSignal(text, clock()), admission))
    } catch (thrown) {
      const error = toAppError(thrown)
      onError(error)
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(errorFrame(error))
    }
  }
}

function rateError(limits: HubLimits): AppError {
  const allowed = `${limits.burst} at once, then ${limits.signalsPerSec} per second`
  return new AppError(
    'signal.rate',
    'The signal was dropped: this connection sends too many; slow down and repeat it',
    {
      allowed,
    },
  )
}

/** What a sender of a wrong frame gets back. The inside of an unexpected error stays inside. */
function errorFrame(error: AppError): string {
  return JSON.stringify({
    v: 1,
    type: 'error',
    code: error.code,
    message:
      error.code === 'internal' ? 'The signal could not be stored; the log of the service says why' : error.message,
    field: error.field,
    received: error.received,
    allowed: error.allowed,
  })
}
