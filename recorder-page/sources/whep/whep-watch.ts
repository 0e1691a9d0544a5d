import { AppError } from '../../../src/protocol/app-error.ts'

/** A connection that is not made by then will not be. */
const CONNECT_MS = 8000
/**
 * No media for so long: the publisher is gone, the server forgot us, or the connection is dead. ICE calls itself
 * `disconnected` at every hiccup of a network, so its state says nothing sooner.
 */
const QUIET_MS = 3000
/** Each session that stays quiet gives the next more time, so that an empty room is not asked for ever every 3 s. */
const QUIET_GROWTH = 1.5
const LONGEST_QUIET_MS = 10_000

/** What one look at a connection found. */
export interface ConnectionSight {
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

  /** `quietSessions` is the number of sessions before this one that brought nothing. */
  constructor(nowMs: number, quietSessions: number) {
    this.#startedMs = nowMs
    this.#quietLimitMs = Math.min(QUIET_MS * QUIET_GROWTH ** quietSessions, LONGEST_QUIET_MS)
  }

  /** The reason to give this session up, or null. To be asked about twice a second while pictures are missing. */
  observe(sight: ConnectionSight): AppError | null {
    const { nowMs, connection } = sight
    if (connection === 'failed' || connection === 'closed') return lost()
    if (connection === 'connected') this.#wasConnected = true
    if (this.#wasConnected) return this.#observeMedia(sight)
    return nowMs - this.#startedMs > CONNECT_MS ? unconnected() : null
  }

  #observeMedia({ nowMs, connection, quietMs, audioPackets, videoPackets }: ConnectionSight): AppError | null {
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
