import type { Logger } from 'pino'
import { type Signal, toAppError } from '../protocol/index.ts'
import { CLOSE_INTERNAL_ERROR, type Connection } from './connection.ts'
import { type Presence, watchPresence } from './presence.ts'
import type { RoomHistory } from './room-history.ts'
import { createRoomLog } from './room-log.ts'
import type { RoomPresence } from './room-presence.ts'

export interface Room extends Disposable {
  readonly connections: ReadonlySet<Connection>
  readonly presence: Pick<Presence, 'adopt' | 'settled'>
  /** Sends the history, then everything live: nothing is missed, doubled or out of order between the two. */
  join(connection: Connection): Promise<void>
  leave(connection: Connection): void
  publish(signals: readonly Signal[], from?: Connection): Promise<readonly Signal[]>
  /** True when the room can be forgotten: nobody is in, nothing is under way. */
  idle(): boolean
}

export interface RoomOptions {
  readonly name: string
  readonly history: RoomHistory
  readonly shared: RoomPresence
  readonly graceMs: number
  readonly leaseMs: number
  readonly ids: () => string
  readonly logger: Logger
  /** Called when the room may have become idle. */
  onSettled(): void
}

/** Signals of the history that one late joiner has in memory at most: most have a few hundred bytes, some a MiB. */
const REPLAY_AT_ONCE = 250

/** One room with somebody in it at this process; others of the same database may have it too. */
export function openRoom({ name, history, shared, graceMs, leaseMs, ids, logger, onSettled }: RoomOptions): Room {
  const connections = new Set<Connection>()
  const listening = new Set<Connection>()
  const fanOut = (signals: readonly Signal[]): void => {
    for (const signal of signals) {
      const text = JSON.stringify(signal)
      for (const connection of listening) connection.sendLive(text)
    }
  }
  const log = createRoomLog(name, history, {
    onStored: fanOut,
    onIdle: onSettled,
    onError: (err) => logger.warn({ err, room: name }, 'signals of other services cannot be read now'),
  })
  const presence = watchPresence({
    room: name,
    shared,
    graceMs,
    leaseMs,
    onError: (err) => logger.error({ err, room: name }, 'who is present could not be written'),
    onIdle: onSettled,
  })

  const replay = async (connection: Connection): Promise<void> => {
    let { afterSeq } = connection.admission
    for (let count = REPLAY_AT_ONCE; count === REPLAY_AT_ONCE && connections.has(connection); ) {
      const some = await history.since(name, afterSeq, REPLAY_AT_ONCE)
      for (const signal of some) await connection.sendPaced(JSON.stringify(signal))
      afterSeq = some.at(-1)?.seq ?? afterSeq
      count = some.length
    }
    await log.between(async (toldSeq) => {
      for (const signal of await history.since(name, afterSeq)) {
        if ((signal.seq ?? 0) <= toldSeq) connection.sendLive(JSON.stringify(signal))
      }
      if (connections.has(connection)) listening.add(connection)
    })
  }

  return {
    connections,
    presence,
    async join(connection) {
      connections.add(connection)
      presence.arrive(connection)
      try {
        await replay(connection)
      } catch (thrown) {
        logger.error({ err: toAppError(thrown), room: name }, 'the history of the room could not be read')
        await connection.close(CLOSE_INTERNAL_ERROR, 'the history could not be read; reconnect')
      }
    },
    leave(connection) {
      connections.delete(connection)
      listening.delete(connection)
      presence.depart(connection)
    },
    async publish(signals, from) {
      const stored = await log.append(signals.map((signal) => ({ ...signal, id: signal.id ?? ids() })))
      for (const signal of stored) presence.observe(signal, from)
      if (from && !connections.has(from)) presence.depart(from)
      return stored
    },
    idle: () => connections.size === 0 && !log.busy() && !presence.busy(),
    [Symbol.dispose]: () => log[Symbol.dispose](),
  }
}
