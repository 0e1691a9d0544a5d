import type { Logger } from 'pino'
import { type Signal, toAppError } from '../protocol/index.ts'
import { CLOSE_INTERNAL_ERROR, type Connection } from './connection.ts'
import { watchPresence } from './presence.ts'
import type { RoomHistory } from './room-history.ts'
import { createRoomLog } from './room-log.ts'

export interface Room extends Disposable {
  readonly connections: ReadonlySet<Connection>
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
  readonly graceMs: number
  readonly clock: () => number
  readonly ids: () => string
  readonly logger: Logger
  /** Called when the room may have become idle. */
  onSettled(): void
}

/** One room with somebody in it. */
export function openRoom({ name, history, graceMs, clock, ids, logger, onSettled }: RoomOptions): Room {
  const connections = new Set<Connection>()
  const listening = new Set<Connection>()
  const fanOut = (signals: readonly Signal[]): void => {
    for (const signal of signals) {
      const text = JSON.stringify(signal)
      for (const connection of listening) connection.sendLive(text)
    }
  }
  const log = createRoomLog(name, history, { onStored: fanOut, onIdle: onSettled })
  const presence = watchPresence({
    graceMs,
    onLeft(participant) {
      const left = { v: 1 as const, type: 'participant.left' as const, at: clock(), from: participant, id: ids() }
      log.append([left]).catch((err: unknown) => {
        logger.error({ err, room: name, participant }, 'participant.left was not stored')
      })
    },
  })

  const replay = async (connection: Connection): Promise<void> => {
    let afterSeq = connection.admission.afterSeq
    for (const signal of await history.since(name, afterSeq)) {
      await connection.sendPaced(JSON.stringify(signal))
      afterSeq = signal.seq ?? afterSeq
    }
    await log.between(async () => {
      for (const signal of await history.since(name, afterSeq)) connection.sendLive(JSON.stringify(signal))
      if (connections.has(connection)) listening.add(connection)
    })
  }

  return {
    connections,
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
    idle: () => connections.size === 0 && !presence.waiting() && !log.busy(),
    [Symbol.dispose]: () => presence[Symbol.dispose](),
  }
}
