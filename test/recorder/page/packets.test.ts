import { expect, test } from 'vitest'
import { decodePackets, encodePackets, type Packet } from '../../../src/protocol/packets.ts'

const packet = (change: Partial<Packet>): Packet => ({
  kind: 'video',
  key: false,
  cut: false,
  sequence: 0,
  timestampUs: 40_000.5,
  durationUs: 40_000,
  data: new Uint8Array(),
  ...change,
})
const PACKETS = [
  packet({ key: true, cut: true, sequence: 2 ** 32 - 1, data: Uint8Array.of(1, 2, 3) }),
  packet({ kind: 'audio', timestampUs: 2 ** 40, data: new Uint8Array(1000).fill(7) }),
  packet({ kind: 'pause', sequence: 1 }),
]

test('packets of one message are read as they were written', () => {
  expect(decodePackets(encodePackets(PACKETS))).toEqual(PACKETS)
  // What arrives lies somewhere in a larger buffer.
  const message = encodePackets(PACKETS)
  const shifted = new Uint8Array(message.length + 3)
  shifted.set(message, 3)
  expect(decodePackets(shifted.subarray(3))).toEqual(PACKETS)
})

test('a message that is cut off, or of another kind, has no packets', () => {
  const message = encodePackets(PACKETS)
  const [first = packet({})] = PACKETS
  const whole = new Set([0, encodePackets([first]).length, encodePackets(PACKETS.slice(0, 2)).length])
  for (let length = 1; length < message.length; length += 1)
    if (!whole.has(length)) expect(decodePackets(message.subarray(0, length))).toBeUndefined()
  const unknown = encodePackets([packet({})])
  unknown[4] = 99
  expect(decodePackets(unknown)).toBeUndefined()
})
