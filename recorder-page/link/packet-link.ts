import { encodePacket, type Packet } from '../../src/protocol/packets.ts'
import { PACKETS_PATH } from '../../src/protocol/page-link.ts'

/** A minute of packets. A recorder on the same machine that is this far behind will not catch up. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024

/** The worker's own connection for packets, so that the main thread cannot delay them. It drops none. */
export class PacketLink {
  readonly #socket: WebSocket
  readonly #onFailed: (reason: string) => void
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
    this.#socket.send(encodePacket({ ...packet, sequence: this.#sequence }))
    this.#sequence = (this.#sequence + 1) >>> 0
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) this.#onFailed('The recorder does not take packets')
  }

  /** Resolves when the recorder has everything: a WebSocket close handshake comes after all data (RFC 6455 §7.1.1). */
  async close(): Promise<void> {
    this.#closing = true
    await new Promise<void>((resolve) => {
      this.#socket.onclose = () => resolve()
      this.#socket.close(1000)
    })
  }
}
