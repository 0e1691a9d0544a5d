import { encodePackets, type Packet } from '../../src/protocol/packets.ts'
import { PACKETS_PATH } from '../../src/protocol/page-link.ts'

/** A minute of packets. A recorder on the same machine that is this far behind will not catch up. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024

/** Sound that waits for its picture's message goes without it when it is more than this: pictures have ceased. */
const MAX_WAITING = 8

/**
 * The worker's own connection for packets, so that the main thread cannot delay them. It drops none. Each message wakes three processes,
 * so that sound goes with the next picture.
 */
export class PacketLink {
  readonly #socket: WebSocket
  readonly #onFailed: (reason: string) => void
  readonly #waiting: Packet[] = []
  #sequence = 0
  #closing = false

  private constructor(socket: WebSocket, onFailed: (reason: string) => void) {
    this.#socket = socket
    this.#onFailed = onFailed
    socket.onclose = () => {
      if (!this.#closing) onFailed('The recorder closed the packet link')
    }
  }

  static async open(host: string, secret: string, onFailed: (reason: string) => void): Promise<PacketLink> {
    const socket = new WebSocket(`ws://${host}${PACKETS_PATH}`, secret)
    socket.binaryType = 'arraybuffer'
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve()
      socket.onerror = () => reject(new Error('The recorder does not accept the packet link'))
    })
    return new PacketLink(socket, onFailed)
  }

  send(packet: Omit<Packet, 'sequence'>): void {
    this.#waiting.push({ ...packet, sequence: this.#sequence })
    this.#sequence = (this.#sequence + 1) >>> 0
    if (packet.kind !== 'audio' || this.#waiting.length > MAX_WAITING) this.#flush()
  }

  #flush(): void {
    if (this.#waiting.length > 0) this.#socket.send(encodePackets(this.#waiting.splice(0)))
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#onFailed('The recorder does not take packets')
  }

  /** Resolves when the recorder has everything: a WebSocket close handshake comes after all data (RFC 6455 §7.1.1). */
  async close(): Promise<void> {
    this.#flush()
    this.#closing = true
    await new Promise<void>((resolve) => {
      this.#socket.onclose = () => resolve()
      this.#socket.close(1000)
    })
  }
}
