import type { WebSocket } from 'ws'
import { type AppError, type Signal, toAppError } from '../protocol/index.ts'
import { after } from '../timing/index.ts'
import type { Admission, HubLimits } from './hub.ts'
import { authorise } from './permissions.ts'
import { RateLimit } from './rate-limit.ts'
import { type RoomAllowance, rateError } from './room-allowance.ts'
import { parseSignal } from './signal-check.ts'

/** WebSocket close codes (RFC 6455 §7.4.1 and its registry). */
export const CLOSE_GOING_AWAY = 1001
const CLOSE_UNSUPPORTED_DATA = 1003
const CLOSE_POLICY_VIOLATION = 1008
export const CLOSE_INTERNAL_ERROR = 1011
const CLOSE_TRY_AGAIN_LATER = 1013

/** Frames of one sender, and their bytes, that may wait to be stored before its socket is no longer read. */
const MAX_UNSTORED = 256
const MAX_UNSTORED_BYTES = 8 * 1024 * 1024
/** Refusals of one connection that the log shows at once, and the rate at which more are shown; the others are counted. */
const LOGGED = { burst: 10, perSec: 0.1 }
/** Bytes that a replay keeps in flight: enough to fill the wire, little enough for many late joiners at once. */
const REPLAY_WINDOW_BYTES = 1024 * 1024

/** How long the other end may take to answer a close frame. */
const CLOSE_GRACE_MS = 1000

interface ConnectionOptions {
  readonly socket: WebSocket
  readonly admission: Admission
  readonly limits: HubLimits
  readonly clock: () => number
  /** What its room may still get. */
  readonly room: () => RoomAllowance
  /** Stores a checked signal. */
  publish(signal: Signal): Promise<void>
  /** Is called for a frame that was refused, and with how many before it went without a call: those that come too often do. */
  onError(error: AppError, unreported: number): void
}

/** Serves one socket: checks what it sends, answers wrong frames with an error frame, and bounds what waits for it. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #socket: WebSocket
  readonly #signals: RateLimit
  readonly #bytes: RateLimit
  readonly #refusals: RateLimit
  readonly #reports: RateLimit
  #unreported = 0
  /** Frames of this sender that are not stored yet, and their bytes. */
  #unstored = 0
  #unstoredBytes = 0
  #isAlive = true

  constructor(options: ConnectionOptions) {
    const { socket, limits, clock } = options
    this.#options = options
    this.#socket = socket
    this.#signals = new RateLimit({ burst: limits.burst, perSec: limits.signalsPerSec, clock })
    this.#bytes = new RateLimit({ burst: limits.bytesBurst, perSec: limits.bytesPerSec, clock })
    this.#refusals = new RateLimit({ burst: limits.refusalBurst, perSec: limits.refusalsPerSec, clock })
    this.#reports = new RateLimit({ ...LOGGED, clock })
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
    // What was under way when the connection was closed.
    if (socket.readyState !== socket.OPEN) return
    const bytes = Buffer.byteLength(text)
    this.#unstored += 1
    this.#unstoredBytes += bytes
    if (this.#isBehind(1)) socket.pause()
    void this.#publish(text, bytes).finally(() => {
      this.#unstored -= 1
      this.#unstoredBytes -= bytes
      if (socket.isPaused && !this.#isBehind(0.5)) socket.resume()
    })
  }

  /** True when this share of what may wait to be stored does wait. */
  #isBehind(share: number): boolean {
    return this.#unstored >= MAX_UNSTORED * share || this.#unstoredBytes >= MAX_UNSTORED_BYTES * share
  }

  async #publish(text: string, bytes: number): Promise<void> {
    const { admission, clock, room, publish } = this.#options
    try {
      this.#takeFrame(bytes)
      const signal = authorise(parseSignal(text, clock()), admission)
      if (signal.type === 'highlight') room().takeHighlight(admission)
      await publish(signal)
    } catch (thrown) {
      this.#refuse(toAppError(thrown))
    }
  }

  #takeFrame(bytes: number): void {
    const { admission, limits, room } = this.#options
    if (!this.#signals.take()) {
      throw rateError('this connection sends too many; slow down and repeat it', {
        allowed: `${limits.burst} at once, then ${limits.signalsPerSec} per second`,
      })
    }
    if (!this.#bytes.take(bytes)) {
      throw rateError('this connection sends too much; slow down and repeat it', {
        allowed: `${limits.bytesBurst} bytes at once, then ${limits.bytesPerSec} per second`,
      })
    }
    room().takeBytes(bytes, admission)
  }

  /** Answers a wrong frame, like everything live; a sender whose frames are refused for long loses its connection. */
  #refuse(error: AppError): void {
    if (this.#reports.take()) {
      this.#options.onError(error, this.#unreported)
      this.#unreported = 0
    } else this.#unreported += 1
    if (error.fault !== 'caller' || this.#refusals.take()) this.sendLive(errorFrame(error))
    else void this.close(CLOSE_POLICY_VIOLATION, 'too many frames were refused; slow down and reconnect')
  }
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
