import type { Track } from 'node-datachannel'
import { newSsrc } from './peer.ts'

/** RFC 3550 §5.1: sequence numbers have 16 bits and timestamps 32, both go round. */
const add16 = (a: number, b: number): number => (a + b) & 0xffff
const add32 = (a: number, b: number): number => (a + b) >>> 0

interface OutgoingOptions {
  readonly payloadType: number
  readonly clockHz: number
}

/**
 * One stream of packets to one viewer, whoever the publisher is: a new publisher's packets go on where the last one's
 * ended, because SRTP takes a sequence number that went back for a replay attack.
 */
export class Outgoing {
  readonly ssrc = newSsrc()
  readonly #options: OutgoingOptions
  #track: Track | undefined
  #publisher = 0
  #sequenceOffset = 0
  #timestampOffset = 0
  #last: { sequence: number; timestamp: number; atMs: number } | undefined

  constructor(options: OutgoingOptions) {
    this.#options = options
  }

  attach(track: Track): void {
    this.#track = track
  }

  sendMedia(packet: Buffer, publisher: number): void {
    if (!this.#track?.isOpen()) return
    const copy = Buffer.from(packet)
    if (publisher !== this.#publisher) this.#follow(copy, publisher)
    const sequence = add16(copy.readUInt16BE(2), this.#sequenceOffset)
    const timestamp = add32(copy.readUInt32BE(4), this.#timestampOffset)
    copy[1] = ((copy[1] ?? 0) & 0x80) | this.#options.payloadType
    copy.writeUInt16BE(sequence, 2)
    copy.writeUInt32BE(timestamp, 4)
    copy.writeUInt32BE(this.ssrc, 8)
    this.#last = { sequence, timestamp, atMs: performance.now() }
    this.#track.sendMessageBinary(copy)
  }

  #follow(first: Buffer, publisher: number): void {
    this.#publisher = publisher
    if (!this.#last) return
    const ticks = Math.round(((performance.now() - this.#last.atMs) / 1000) * this.#options.clockHz)
    this.#sequenceOffset = this.#last.sequence + 1 - first.readUInt16BE(2)
    this.#timestampOffset = this.#last.timestamp + ticks - first.readUInt32BE(4)
  }

  /** A sender report is of use only once media of the same publisher went out. */
  sendReport(report: Buffer, publisher: number): void {
    if (!this.#track?.isOpen() || publisher !== this.#publisher) return
    const copy = Buffer.from(report)
    copy.writeUInt32BE(this.ssrc, 4)
    copy.writeUInt32BE(add32(copy.readUInt32BE(16), this.#timestampOffset), 16)
    this.#track.sendMessageBinary(copy)
  }
}
