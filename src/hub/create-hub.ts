import { type WebSocket, WebSocketServer } from 'ws'
import { MAX_SIGNAL_BYTES, type Signal } from '../protocol/index.ts'
import { type Repeater, repeat } from '../timing/index.ts'
import { readAdmission, SUBPROTOCOL } from './admission.ts'
import { CLOSE_GOING_AWAY, Connection } from './connection.ts'
import type { Admission, Hub, HubLimits, HubOptions } from './hub.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Room } from './room.ts'
import { RoomAllowance } from './room-allowance.ts'
import type { GoneParticipant } from './room-presence.ts'

const MIB = 1024 * 1024
const DEFAULT_LIMITS: HubLimits = {
  burst: 1000,
  signalsPerSec: 300,
  bytesBurst: 32 * MIB,
  bytesPerSec: 2 * MIB,
  roomBytesBurst: 64 * MIB,
  roomBytesPerSec: 8 * MIB,
  highlightBurst: 5,
  highlightEverySec: 30,
  refusalBurst: 200,
  refusalsPerSec: 5,
  maxBufferedBytes: 16 * MIB,
  heartbeatMs: 15_000,
  leaveGraceMs: 10_000,
  leaseMs: 15_000,
}

/** Starts a hub. It listens nowhere: its owner hands it the upgrade requests of an HTTP server. */
export function createHub(options: HubOptions): Hub {
  return new WebSocketHub(options)
}

class WebSocketHub implements Hub {
  readonly #options: HubOptions
  readonly #limits: HubLimits
  readonly #rooms = new Map<string, Room>()
  /** They outlive the rooms: who breaks off and comes back has no new one. */
  readonly #allowances = new Map<string, RoomAllowance>()
  readonly #leases: LeaseKeeper
  readonly #heartbeat: Repeater
  // Compression would cost a context of memory per connection; signals are small and the rest is images.
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_SIGNAL_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : (offered.values().next().value ?? false)),
  })
  #isStopping = false

  constructor(options: HubOptions) {
    const { presence, logger } = options
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#heartbeat = repeat({
      everyMs: this.#limits.heartbeatMs,
      work: () => this.#beat(),
      unref: true,
    })
    this.#leases = new LeaseKeeper({
      presence,
      limits: this.#limits,
      logger,
      claimOrphans: () => this.#rooms.forEach((room) => void room.presence.claimOrphans()),
      leave: (gone) => this.#reportLeft(gone),
    })
  }

  get tokens() {
    return this.#options.tokens
  }

  admit(request: Parameters<Hub['admit']>[0], { open }: Parameters<Hub['admit']>[1]): Admission {
    return readAdmission(request, this.tokens, { open })
  }

  accept(admission: Admission, { request, socket, head }: Parameters<Hub['accept']>[1]): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#serve(admission, webSocket))
  }

  publish(name: string, signals: readonly Signal[]): Promise<readonly Signal[]> {
    return this.#room(name).publish(signals)
  }

  stats(): ReturnType<Hub['stats']> {
    return { rooms: this.#rooms.size, connections: this.#connections().length }
  }

  async closeConnections(): Promise<void> {
    this.#isStopping = true
    this.#heartbeat[Symbol.dispose]()
    await this.#leases[Symbol.asyncDispose]()
    await Promise.all(this.#connections().map(goAway))
    for (const room of this.#rooms.values()) {
      await room.presence.written()
      room[Symbol.dispose]()
    }
    this.#rooms.clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.closeConnections()
  }

  #serve(admission: Admission, socket: WebSocket): void {
    const { logger, clock } = this.#options
    const room = this.#room(admission.room)
    const log = logger.child({ room: admission.room, identity: admission.identity, role: admission.role })
    const connection = new Connection({
      socket,
      admission,
      limits: this.#limits,
      clock,
      room: () => this.#allowance(admission.room),
      publish: async (signal) => void (await room.publish([signal], connection)),
      onError: (err, unreported) =>
        log[err.fault === 'caller' ? 'info' : 'error']({ err, unreported }, 'signal refused'),
    })
    socket.on('error', (err) => log.info({ err }, 'the socket of a room failed'))
    socket.on('close', (code) => {
      log.debug({ code }, 'left the hub')
      room.leave(connection)
      this.#forgetIfIdle(admission.room)
    })
    if (this.#isStopping) void goAway(connection)
    else void room.join(connection)
  }

  #beat(): void {
    for (const connection of this.#connections()) connection.heartbeat()
    for (const [room, allowance] of this.#allowances) if (allowance.isFull) this.#allowances.delete(room)
  }

  #allowance(room: string): RoomAllowance {
    const allowance =
      this.#allowances.get(room) ?? new RoomAllowance({ limits: this.#limits, clock: this.#options.clock })
    this.#allowances.set(room, allowance)
    return allowance
  }

  #connections(): Connection[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.connections])
  }

  #room(name: string): Room {
    const known = this.#rooms.get(name)
    if (known) return known
    const { history, presence: shared, ids, logger } = this.#options
    const { leaveGraceMs: graceMs, leaseMs } = this.#limits
    const onIdle = () => this.#forgetIfIdle(name)
    const room = new Room({ name, history, shared, graceMs, leaseMs, ids, logger, onIdle })
    this.#rooms.set(name, room)
    return room
  }

  #forgetIfIdle(name: string): void {
    const room = this.#rooms.get(name)
    if (!room?.isIdle) return
    this.#rooms.delete(name)
    room[Symbol.dispose]()
  }

  async #reportLeft({ room, participant, joinedSeq }: GoneParticipant): Promise<void> {
    // Idempotent: the signal of another hub that finds it too has the same id.
    const id = `hub.left.${joinedSeq}`
    const at = this.#options.clock()
    await this.publish(room, [{ v: 1, type: 'participant.left', at, from: participant, id }])
  }
}

function goAway(connection: Connection): Promise<void> {
  return connection.close(CLOSE_GOING_AWAY, 'the service is stopping')
}
