import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import type { RoomRole, Signal } from '../protocol/index.ts'
import type { RoomHistory } from './room-history.ts'
import type { RoomPresence } from './room-presence.ts'
import type { RoomTokens } from './room-tokens.ts'

/** A connection that may join: who it is and from where its history starts. */
export interface Admission {
  readonly room: string
  readonly identity: string
  readonly role: RoomRole
  /** Only signals with a greater `seq` are replayed; 0 replays everything. */
  readonly afterSeq: number
  /** True when a token admitted it; false when it needed none. */
  readonly tokened: boolean
}

/** Bounds of one hub; every one has a default. */
export interface HubLimits {
  /** Signals that one connection may send at once, and the rate at which that allowance refills. */
  readonly burst: number
  readonly signalsPerSec: number
  /** The same in bytes of its frames. */
  readonly bytesBurst: number
  readonly bytesPerSec: number
  /** Bytes that all connections of a room together may send over one process; hosts count and are not refused. */
  readonly roomBytesBurst: number
  readonly roomBytesPerSec: number
  /** Highlights that one participant may ask for at once in a room, and how long until it may ask for one more. */
  readonly highlightBurst: number
  readonly highlightEverySec: number
  /** Frames of one connection that are refused and answered before it is closed with 1008, and the rate at which that refills. */
  readonly refusalBurst: number
  readonly refusalsPerSec: number
  /** Bytes that wait for one slow reader before it is dropped with close code 1013. */
  readonly maxBufferedBytes: number
  readonly heartbeatMs: number
  /** How long a participant whose connection broke may take to return before `participant.left` is sent for it. */
  readonly leaveGraceMs: number
  /** The lease of what a process holds: without a renewal for so long the process is dead, and its participants are gone. */
  readonly leaseMs: number
}

export interface HubOptions {
  readonly history: RoomHistory
  readonly presence: RoomPresence
  readonly tokens: RoomTokens
  /** The time, epoch milliseconds. */
  readonly clock: () => number
  /** A new unique id for a signal that came without one. */
  readonly ids: () => string
  readonly logger: Logger
  readonly limits?: Partial<HubLimits>
}

/**
 * Rooms over WebSocket: history first, then live, in the order of `seq`, the same for everyone. Hubs that share history
 * and presence are one: it does not matter which of them a member is connected to.
 */
export interface Hub extends AsyncDisposable {
  readonly tokens: RoomTokens
  /**
   * Decides whether an upgrade request may join. `open`: a caller without a token is let in as host, named by `?as=`.
   * Errors: `route.not-found`, `request.invalid`, `auth.missing`, `auth.invalid`, `auth.forbidden`.
   */
  admit(request: IncomingMessage, options: { readonly open: boolean }): Admission
  /** Completes the WebSocket handshake and serves the connection until it closes. */
  accept(admission: Admission, upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer }): void
  /**
   * Stamps, stores and fans out signals of a trusted caller, in order; resolves with them once they are stored.
   * Signals must already be valid (`checkSignal`); a missing `id` is given, `seq` is always the hub's.
   */
  publish(room: string, signals: readonly Signal[]): Promise<readonly Signal[]>
  /** The number of connections, and of rooms that have one. */
  stats(): { readonly rooms: number; readonly connections: number }
  /** Closes every connection with 1001 and refuses new ones. Whoever does not come back in time is reported by others. */
  closeConnections(): Promise<void>
}
