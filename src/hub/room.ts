import type { Logger } from 'pino'
import { type Signal, toAppError } from '../protocol/index.ts'
import { CLOSE_INTERNAL_ERROR, type Connection } from './connection.ts'
import { Presence } from './presence.ts'
import type { RoomHistory } from './room-history.ts'
import { RoomLog } from './room-log.ts'
import type { RoomPresence } from './room-presence.ts'

interface RoomOptions {
  readonly name: string
  readonly history: RoomHistory
  readonly shared: RoomPresence
  readonly graceMs: number
  readonly leaseMs: number
  readonly ids: () => string
  readonly logger: Logger
  /** Is called when the room may have become idle. */
  onIdle(): void
}

/** Signals of the history that one late joiner has in memory at most: most have a few hundred bytes, some a MiB. */
const REPLAY_AT_ONCE = 250

/** One room with somebody in it at this process; others of the same database may have it too. */
export class Room implements Disposable {
  readonly presence: Presence
  readonly #options: RoomOptions
  readonly #log: RoomLog
  readonly #connections = new Set<Connection>()
  /** Those that have had the history and get everything live. */
  readonly #listening = new Set<Connection>()

  constructor(options: RoomOptions) {
    const { name, history, shared, graceMs, leaseMs, logger, onIdle } = options
    this.#options = options
    this.#log = new RoomLog({
      room: name,
      history,
      onStored: (signals) => this.#fanOut(signals),
      onIdle,
      onError: (err) => logger.warn({ err, room: name }, 'signals of other services cannot be read now'),
    })
    this.presence = new Presence({
      room: name,
      shared,
      graceMs,
      leaseMs,
      onError: (err) => logger.error({ err, room: name }, 'who is present could not be written'),
      onIdle,
    })
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections
  }

  /** True when the room can be forgotten: nobody is in, nothing is under way. */
  get isIdle(): boolean {
    return this.#connections.size === 0 && !this.#log.isBusy && !this.presence.isBusy
  }

  /** Sends the history, then everything live: nothing is missed, doubled or out of order between the two. */
  async join(connection: Connection): Promise<void> {
    this.#connections.add(connection)
    this.presence.connect(connection)
    try {
      const replayedSeq = await this.#replay(connection)
      await this.#log.between((announcedSeq) => this.#goLive(connection, replayedSeq, announcedSeq))
    } catch (thrown) {
      const { logger, name } = this.#options
      logger.error({ err: toAppError(thrown), room: name }, 'the history of the room could not be read')
      await connection.close(CLOSE_INTERNAL_ERROR, 'the history could not be read; reconnect')
    }
  }

  leave(connection: Connection): void {
    this.#connections.delete(connection)
    this.#listening.delete(connection)
    this.presence.disconnect(connection)
  }

  /** Stores the signals and resolves with them as stored; everyone in the room has been sent them by then. */
  async publish(signals: readonly Signal[], from?: Connection): Promise<readonly Signal[]> {
    const stored = await this.#log.append(
      signals.map((signal) => ({ ...signal, id: signal.id ?? this.#options.ids() })),
    )
    for (const signal of stored) this.presence.onSignal(signal, from)
    if (from && !this.#connections.has(from)) this.presence.disconnect(from)
    return stored
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]()
  }

  /** Sends what the history has, page by page; resolves with the number of the last signal that was sent. */
  async #replay(connection: Connection): Promise<number> {
    let { afterSeq } = connection.admission
    for await (const signal of this.#history(connection, afterSeq)) {
      await connection.sendPaced(JSON.stringify(signal))
      afterSeq = signal.seq ?? afterSeq
    }
    return afterSeq
  }

  /** Sends what came during the replay and was announced; what comes later is sent live. Nobody writes meanwhile. */
  async #goLive(connection: Connection, replayedSeq: number, announcedSeq: number): Promise<void> {
    const signals = replayedSeq < announcedSeq ? this.#history(connection, replayedSeq) : []
    for await (const signal of signals) {
      const { seq = 0 } = signal
      if (seq <= announcedSeq) connection.sendLive(JSON.stringify(signal))
      if (seq >= announcedSeq) break
    }
    if (this.#connections.has(connection)) this.#listening.add(connection)
  }

  /** The history behind a number, for as long as the reader is there. */
  async *#history(reader: Connection, afterSeq: number): AsyncGenerator<Signal, void, undefined> {
    const { name, history } = this.#options
    let fromSeq = afterSeq
    for (let count = 1; count > 0 && this.#connections.has(reader); ) {
      const page = await history.since(name, fromSeq, REPLAY_AT_ONCE)
      for (const signal of page) {
        if (!this.#connections.has(reader)) return
        yield signal
      }
      fromSeq = page.at(-1)?.seq ?? fromSeq
      count = page.length
    }
  }

  #fanOut(signals: readonly Signal[]): void {
    for (const signal of signals) {
      const text = JSON.stringify(signal)
      for (const connection of this.#listening) connection.sendLive(text)
    }
  }
}
