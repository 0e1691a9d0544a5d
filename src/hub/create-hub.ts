import { WebSocketServer } from 'ws'
import { MAX_SIGNAL_BYTES } from '../protocol/index.ts'
import { readAdmission, SUBPROTOCOL } from './admission.ts'
import { CLOSE_GOING_AWAY, type Connection, serveConnection } from './connection.ts'
import type { Hub, HubLimits, HubOptions } from './hub.ts'
import { keepLeases } from './keep-leases.ts'
import { openRoom, type Room } from './room.ts'

export const DEFAULT_HUB_LIMITS: HubLimits = {
  burst: 1000,
  signalsPerSec: 300,
  maxBufferedBytes: 16 * 1024 * 1024,
  heartbeatMs: 15_000,
  leaveGraceMs: 10_000,
  leaseMs: 15_000,
}

/** Starts a hub. It listens nowhere: its owner hands it the upgrade requests of an HTTP server. */
export function createHub(options: HubOptions): Hub {
  const { history, presence, tokens, clock, ids, logger, limits: given = {} } = options
  const limits = { ...DEFAULT_HUB_LIMITS, ...given }
  const rooms = new Map<string, Room>()
  // Compression would cost a context of memory per connection; signals are small and the rest is images.
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SIGNAL_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : (offered.values().next().value ?? false)),
  })
  const connections = (): Connection[] => [...rooms.values()].flatMap((room) => [...room.connections])
  const heartbeat = setInterval(() => {
    for (const connection of connections()) connection.heartbeat()
  }, limits.heartbeatMs).unref()
  let stopping = false

  const roomOf = (name: string): Room => {
    const known = rooms.get(name)
    if (known) return known
    const onSettled = () => settle(name)
    const { leaveGraceMs: graceMs, leaseMs } = limits
    const room = openRoom({ name, history, shared: presence, graceMs, leaseMs, ids, logger, onSettled })
    rooms.set(name, room)
    return room
  }
  const settle = (name: string): void => {
    const room = rooms.get(name)
    if (room?.idle() !== true) return
    rooms.delete(name)
    room[Symbol.dispose]()
  }
  const leases = keepLeases({
    presence,
    limits,
    logger,
    adopt() {
      for (const room of rooms.values()) room.presence.adopt()
    },
    async leave({ room, participant, joinedSeq }) {
      // Whichever hub finds it first: the others' signal has the same id.
      const id = `hub.left.${joinedSeq}`
      await roomOf(room).publish([{ v: 1, type: 'participant.left', at: clock(), from: participant, id }])
    },
  })

  const hub: Hub = {
    tokens,
    admit: (request, { open }) => readAdmission(request, tokens, open),
    accept(admission, { request, socket, head }) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const room = roomOf(admission.room)
        const log = logger.child({ room: admission.room, identity: admission.identity, role: admission.role })
        const connection = serveConnection({
          socket: webSocket,
          admission,
          limits,
          clock,
          publish: async (signal) => void (await room.publish([signal], connection)),
          onError: (err) => log[err.fault === 'caller' ? 'info' : 'error']({ err }, 'signal refused'),
        })
        webSocket.on('error', (err) => log.info({ err }, 'the socket of a room failed'))
        webSocket.on('close', (code) => {
          log.debug({ code }, 'left the hub')
          room.leave(connection)
          settle(admission.room)
        })
        if (stopping) void connection.close(CLOSE_GOING_AWAY, 'the service is stopping')
        else void room.join(connection)
      })
    },
    publish: (name, signals) => roomOf(name).publish(signals),
    stats() {
      const open = connections().length
      return { rooms: rooms.size, connections: open }
    },
    async closeConnections() {
      stopping = true
      clearInterval(heartbeat)
      await leases[Symbol.asyncDispose]()
      const open = connections()
      await Promise.all(open.map((connection) => connection.close(CLOSE_GOING_AWAY, 'the service is stopping')))
      for (const room of rooms.values()) {
        await room.presence.settled()
        room[Symbol.dispose]()
      }
      rooms.clear()
    },
    [Symbol.asyncDispose]: () => hub.closeConnections(),
  }
  return hub
}
