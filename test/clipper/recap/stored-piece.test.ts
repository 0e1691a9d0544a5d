import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStoredPiece, type StoredPiece } from '../../../src/clipper/recap/stored-piece.ts'
import { heldBytes } from '../held-bytes.ts'

const PICTURES = 32
const MIB = 2 ** 20
/** What the list of samples and the machinery around it may take. */
const LITTLE_BYTES = 8 * MIB

let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-piece-'))
  path = join(folder, 'piece-0.h264')
  await writeFile(path, Buffer.concat([unit(0x67, 8), unit(0x68, 4), ...Array.from({ length: PICTURES }, picture)]))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A NAL unit after its start code, filled with its own type. */
function unit(header: number, bytes: number): Buffer {
  const nal = Buffer.alloc(bytes, 0xaa)
  nal[0] = header
  return Buffer.concat([Buffer.from([0, 0, 0, 1]), nal])
}

/** One slice of a megabyte and some bytes; the first and the sixteenth are IDR pictures. */
function picture(_: unknown, i: number): Buffer {
  return unit(i % 16 === 0 ? 0x65 : 0x41, MIB + i)
}

test('a piece is known by its sizes; its pictures are read again when they are written, and then given up', async () => {
  const before = heldBytes()
  const piece = await openStoredPiece(path)
  expect(heldBytes() - before).toBeLessThan(LITTLE_BYTES)
  expect(piece.keys).toEqual([0, 16])
  expect([piece.sets.sps, piece.sets.pps].map((sets) => sets.map(({ byteLength }) => byteLength))).toEqual([[8], [4]])
  expect(piece.samples.map(({ size }) => size)).toEqual(Array.from({ length: PICTURES }, (_, i) => 4 + MIB + i))
  const read = await headsOf(piece)
  expect(read).toEqual(Array.from({ length: PICTURES }, (_, i) => [MIB + i, i % 16 === 0 ? 0x65 : 0x41]))
  expect(heldBytes() - before).toBeLessThan(LITTLE_BYTES)
})

/** The length and the first byte of each picture, as they are written. */
async function headsOf({ samples }: StoredPiece): Promise<(number | undefined)[][]> {
  const heads: (number | undefined)[][] = []
  for (const sample of samples) {
    const [first] = await sample.units()
    heads.push([first?.byteLength, first?.[0]])
  }
  return heads
}
