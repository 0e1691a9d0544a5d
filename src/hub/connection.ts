import type { WebSocket } from 'ws'
import { AppError, type Signal, toAppError } from '../protocol/index.ts'
import type { Admission, HubLimits } from './hub.ts'
import { authorise } from './permissions.ts'
import { createRateLimit } from './rate-limit.ts'
import { parseSignal } from './signal-check.ts'

/** WebSocket close codes (RFC 6455 §7.4.1 and its registry). */
export const CLOSE_GOING_AWAY = 1001
export const CLOSE_UNSUPPORTED_DATA = 1003
export const CLOSE_INTERNAL_ERROR = 1011
export const CLOSE_TRY_AGAIN_LATER = 1013

/** Frames of one sender that may wait to be stored before its socket is no longer read. */
const MAX_UNSTORED = 256
/** Bytes that a replay keeps in flight: enough to fill the wire, little enough for many late joiners at once. */
const REPLAY_WINDOW_BYTES = 1024 * 1024

export interface Connection {
  readonly admission: Admission
  /** Waits while the reader is behind: for a replay of any length. */
  sendPaced(text: string): Promise<void>
  /** Never waits; a reader that is too far behind loses its connection. */
  sendLive(text: string): void
  /** False when nothing was heard since the last call. */
  heartbeat(): boolean
  /** Resolves when the socket is closed, after one second by force. */
  close(code: number, reason: string): Promise<void>
}

export interface ConnectionOptions {
  readonly socket: WebSocket
  readonly admission: Admission
  readonly limits: HubLimits
  readonly clock: () => number
  /** Stores a checked signal. */
  publish(signal: Signal): Promise<void>
  onError(error: AppError): void
}

/** Serves one socket: checks what it sends, answers wrong frames with an error frame, and bounds what waits for it. */
export function serveConnection(options: ConnectionOptions): Connection {
  const { socket, admission, limits } = options
  let alive = true
  socket.on('pong', () => {
    alive = true
  })
  readSignals(options)
  return {
    admission,
    async sendPaced(text) {
      if (socket.readyState !== socket.OPEN) return
      const sent = new Promise<void>((resolve) => socket.send(text, () => resolve()))
      if (socket.bufferedAmount > REPLAY_WINDOW_BYTES) await sent
    },
    sendLive(text) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > limits.maxBufferedBytes) {
        socket.close(CLOSE_TRY_AGAIN_LATER, 'reads too slowly; reconnect with ?after=')
        socket.terminate()
      } else socket.send(text)
    },
    heartbeat() {
      const heard = alive
      alive = false
      if (heard) socket.ping()
      else socket.terminate()
      return heard
    },
    async close(code, reason) {
      if (socket.readyState === socket.CLOSED) return
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.close(code, reason)
      const force = setTimeout(() => socket.terminate(), 1000)
      await closed
      clearTimeout(force)
    },
  }
}

function readSignals({ socket, admission, limits, clock, publish, onError }: ConnectionOptions): void {
  const rate = createRateLimit({ burst: limits.burst, perSec: limits.signalsPerSec, clock })
  let unstored = 0

  const handle = async (data: string): Promise<void> => {
    try {
      if (!rate.take()) throw rateError(limits)
      await publish(authorise(parseSignal(data, clock()), admission))
    } catch (thrown) {
      const error = toAppError(thrown)
      onError(error)
      if (socket.readyState === socket.OPEN) socket.send(errorFrame(error))
    }
  }

  socket.on('message', (data, isBinary) => {
    if (isBinary) {
      socket.close(CLOSE_UNSUPPORTED_DATA, 'signals are JSON text frames')
      return
    }
    unstored += 1
    if (unstored === MAX_UNSTORED) socket.pause()
    void handle(data.toString()).finally(() => {
      unstored -= 1
      if (socket.isPaused && unstored < MAX_UNSTORED / 2) socket.resume()
    })
  })
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
export function errorFrame(error: AppError): string {
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
