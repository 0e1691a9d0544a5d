import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SegmentCache } from '../../src/clipper/segment-cache.ts'
import { muxSegment } from '../../src/recorder/segments/mux-segment.ts'
import { TsContinuity } from '../../src/recorder/segments/ts-continuity.ts'
import { FsSegmentStore } from '../../src/store/fs-segment-store.ts'
import { heldBytes } from './held-bytes.ts'

const MIB = 2 ** 20
const SEGMENTS = 24
/** Some of the machinery stays, and the few segments that are read at once. */
const LITTLE_BYTES = 8 * MIB
const SETS = '000000016764001facd9405005bb0110000003001000000303c0f18319600000000168ebe3cb22c0'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-cache-'))
  const idr = Buffer.concat([Buffer.from(`${SETS}0000000165`, 'hex'), Buffer.alloc(MIB, 0xaa)])
  const picture = { kind: 'video', sequence: 0, key: true, cut: true, timestampUs: 0, durationUs: 40_000 } as const
  const bytes = await muxSegment(
    { video: [{ ...picture, data: idr }], audio: [] },
    {
      video: { codec: 'avc1.64001f', codedWidth: 1280, codedHeight: 720 },
      audio: { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, description: Uint8Array.of(0x11, 0x90) },
    },
    { clock: new TsContinuity(), offsetSec: 0 },
  )
  const store = new FsSegmentStore(join(folder, 'store'))
  for (let number = 0; number < SEGMENTS; number += 1) await store.put(`r/takes/1/${number}.ts`, bytes)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('segments that are on the disk are not in memory, and are read again', async () => {
  const before = heldBytes()
  const cache = new SegmentCache({
    store: new FsSegmentStore(join(folder, 'store')),
    recordingId: 'r',
    folder,
    signal: new AbortController().signal,
    memoryBytes: 0,
  })
  const segments = Array.from({ length: SEGMENTS }, (_, number) => ({
    uri: `takes/1/${number}.ts`,
    take: 1,
    startMs: number * 40,
    durationSec: 0.04,
    discontinuity: false,
  }))
  const read = await cache.read({ segments })
  expect(heldBytes() - before).toBeLessThan(LITTLE_BYTES)
  expect(read.map(({ pictures }) => pictures[0]?.sets?.sps.length)).toEqual(segments.map(() => 1))
  const [media] = await Promise.all(read.slice(0, 1).map((segment) => segment.media()))
  expect(media?.pictures[0]?.units[0]?.byteLength).toBe(1 + MIB)
})
