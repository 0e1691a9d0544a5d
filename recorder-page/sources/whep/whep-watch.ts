import { AppError } from '../../../src/protocol/app-error.ts'

/** A connection that is not made within this time never will be. */
const CONNECT_MS = 8000
/**
 * Without media for this long the publisher is gone, the server has dropped the session, or the connection is dead. ICE
 * reports `disconnected` at every short network fault, so its state is no earlier sign.
 */
const QUIET_MS = 3000
/** The back-off after sessions without media: an empty room is not asked for ever every 3 s. */
const QUIET_GROWTH = 1.5
const LONGEST_QUIET_MS = 10_000

/** One reading of a connection's state and statistics. */
export interface ConnectionReading {
  readonly nowMs: number
  /** `connectionState` of the peer connection. */
  readonly connection: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'
  /** Time since this session's newest decoded picture, or since its beginning. */
  readonly quietMs: number
  /** Packets received so far. */
  readonly audioPackets: number
  readonly videoPackets: number
}

/**
 * Decides when a WHEP session is over, which WebRTC itself says late (16 s after the server is gone) or never (a publisher
 * who left). Sound without packets of a picture is a camera that is off: that session is kept.
 */
export class WhepWatch {
  #startedMs: number
  #quietLimitMs: number
  #wasConnected = false
  #audioPackets: number | null = null
  #audioMs = Number.NEGATIVE_INFINITY
  #videoPackets = 0

  /** `quietSessions` is the number of sessions in a row before this one that received no media. */
  constructor(nowMs: number, quietSessions: number) {
    this.#startedMs = nowMs
    this.#quietLimitMs = Math.min(QUIET_MS * QUIET_GROWTH ** quietSessions, LONGEST_QUIET_MS)
  }

  /** The reason to end this session, or null. Called about twice a second. */
  check(reading: ConnectionReading): AppError | null {
    const { nowMs, connection } = reading
    if (connection === 'failed' || connection === 'closed') return lost()
    if (connection === 'connected') this.#wasConnected = true
    if (this.#wasConnected) return this.#checkMedia(reading)
    return nowMs - this.#startedMs > CONNECT_MS ? unconnected() : null
  }

  #checkMedia({ nowMs, connection, quietMs, audioPackets, videoPackets }: ConnectionReading): AppError | null {
    const pictureArrives = videoPackets > this.#videoPackets
    if (this.#audioPackets !== null && audioPackets > this.#audioPackets) this.#audioMs = nowMs
    this.#audioPackets = audioPackets
    this.#videoPackets = videoPackets
    if (quietMs < this.#quietLimitMs) return null
    if (pictureArrives) return undecodable()
    if (nowMs - this.#audioMs < QUIET_MS) return null
    return connection === 'connected' ? silent() : lost()
  }
}

function lost(): AppError {
  return new AppError('source.unreachable', 'The WebRTC connection was lost. It is made again.')
}

function unconnected(): AppError {
  return new AppError(
    'source.unreachable',
    'The WebRTC connection did not come about; a firewall may block UDP. It is tried again.',
  )
}

function undecodable(): AppError {
  return new AppError(
    'source.media-error',
    'The WebRTC stream sends pictures that cannot be decoded. It is asked for again.',
  )
}

function silent(): AppError {
  return new AppError(
    'source.stalled',
    'The WebRTC stream sends nothing; its publisher may have left. It is asked for again.',
  )
}
