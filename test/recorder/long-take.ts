import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPublication } from '../../src/archive/index.ts'
import type { Packet } from '../../src/protocol/index.ts'
import { Segmenter } from '../../src/recorder/segments/segmenter.ts'
import { type StoredSegment, Uploader } from '../../src/recorder/segments/uploader.ts'
import { openSpool } from '../../src/spool/spool.ts'
import { assertRoom } from '../../src/spool/spool-room.ts'
import { openStore, type SegmentStore } from '../../src/store/index.ts'
import { aboutTake, BEGAN_AT_MS, ID } from './segments/uploads.ts'

const FPS = 25
export const SEGMENT_SEC = 2
const AAC_US = 1024e6 / 48_000
const FRAMES = FPS * SEGMENT_SEC
/** So much a viewer may be behind: the segmenter holds a group until its sound is whole. */
const DEADLINE_MS = 60_000

/** What the store was asked for since the take began. */
export interface StoreUse {
  readonly calls: number
  readonly segmentBytes: number
  readonly playlistBytes: number
}

interface LongTakeOptions {
  readonly segments: number
  /** Of a key frame and of another one. */
  readonly pictureBytes: { readonly key: number; readonly other: number }
  /** Called when so many segments are stored and their playlists published. */
  readonly onStored: (count: number, use: StoreUse) => void
}

/**
 * A take by a fast clock: the packets of one segment, again and again with new time stamps, through the segmenter, the
 * spool, the uploader and the playlists, into a folder. A segment follows when the one before is in the playlist.
 */
export async function runLongTake({ segments, pictureBytes, onStored }: LongTakeOptions): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'panorec-long-take-'))
  const spoolDir = join(path, 'spool')
  const { store, use } = countUse(await openStore({ kind: 'fs', path: join(path, 'store') }))
  try {
    await using spool = await openSpool(spoolDir, aboutTake(1))
    const failed = Promise.withResolvers<never>()
    failed.promise.catch(() => undefined)
    let stored = 0
    let next = Promise.withResolvers<void>()
    const uploader = new Uploader({
      recordingId: ID,
      store,
      begin: async () => ({
        publication: await loadPublication(store, ID, { segmentSec: SEGMENT_SEC, fps: FPS }),
        leftovers: [],
      }),
      onStored(segment: StoredSegment) {
        if (segment.gap === true) failed.reject(new Error('A segment became a gap'))
        stored += 1
        onStored(stored, use())
        next.resolve()
        next = Promise.withResolvers()
      },
      onTrouble: failed.reject,
      onFailed: failed.reject,
    })
    const segmenter = new Segmenter({
      request: {
        segmentSec: SEGMENT_SEC,
        video: { width: 1280, height: 720, fps: FPS, bitrateKbps: 2500 },
        take: 1,
        createdAt: new Date(BEGAN_AT_MS).toISOString(),
      },
      spool,
      takeEpochMs: Promise.resolve(BEGAN_AT_MS),
      assertRoom: (bytes) => assertRoom({ spoolDir, maxBytes: undefined }, bytes),
      onSegment: (segment) => uploader.add(segment),
      onDiskFull: failed.reject,
      onError: failed.reject,
    })
    const packets = createPackets(pictureBytes)
    segmenter.push(packets.soundConfig)
    for (let at = 0; at < segments; at += 1) {
      for (const packet of packets.of(at)) segmenter.push(packet)
      // The last group is complete when the next one has begun.
      while (stored < at) await Promise.race([next.promise, failed.promise])
    }
    await segmenter.finish()
    await uploader.finish({ ended: true, deadline: AbortSignal.timeout(DEADLINE_MS) })
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

function createPackets({ key, other }: LongTakeOptions['pictureBytes']) {
  const nal = (type: number, bytes: number) => [0, 0, 0, 1, type, ...Array.from({ length: bytes }, () => 0xa5)]
  const keyUnit = Uint8Array.from([...nal(0x67, 20), ...nal(0x68, 4), ...nal(0x65, key)])
  const otherUnit = Uint8Array.from(nal(0x41, other))
  const soundUnit = new Uint8Array(256).fill(0x21)
  const description = Buffer.from([0x11, 0x90]).toString('base64')
  const config = { codec: 'mp4a.40.2', sampleRate: 48_000, numberOfChannels: 2, description }
  const base = { cut: false, sequence: 0, timestampUs: 0, durationUs: 0 }
  return {
    soundConfig: {
      ...base,
      kind: 'audio-config',
      key: true,
      data: new TextEncoder().encode(JSON.stringify(config)),
    } satisfies Packet,
    /** Pictures and sound of a segment in the order of their times. */
    *of(segment: number): Generator<Packet> {
      const endUs = (segment + 1) * SEGMENT_SEC * 1e6
      let sound = Math.ceil((segment * SEGMENT_SEC * 1e6) / AAC_US)
      for (let frame = segment * FRAMES; frame < (segment + 1) * FRAMES; frame += 1) {
        const isKey = frame % FRAMES === 0
        const timestampUs = (frame * 1e6) / FPS
        const data = isKey ? keyUnit : otherUnit
        yield { kind: 'video', key: isKey, cut: isKey, sequence: 0, timestampUs, durationUs: 1e6 / FPS, data }
        const untilUs = Math.min(endUs, timestampUs + 1e6 / FPS)
        for (; sound * AAC_US < untilUs; sound += 1) {
          const soundUs = sound * AAC_US
          yield { ...base, kind: 'audio', key: true, timestampUs: soundUs, durationUs: AAC_US, data: soundUnit }
        }
      }
    },
  }
}

function countUse(store: SegmentStore): { readonly store: SegmentStore; readonly use: () => StoreUse } {
  const use = { calls: 0, segmentBytes: 0, playlistBytes: 0 }
  const counted: SegmentStore = {
    put(key, body, options) {
      use.calls += 1
      use.playlistBytes += body.byteLength
      return store.put(key, body, options)
    },
    async putFile(key, path, options) {
      use.calls += 1
      await store.putFile(key, path, options)
      use.segmentBytes += (await store.head(key))?.size ?? 0
    },
    get(key, options) {
      use.calls += 1
      return store.get(key, options)
    },
    head(key, options) {
      use.calls += 1
      return store.head(key, options)
    },
    list(prefix, options) {
      use.calls += 1
      return store.list(prefix, options)
    },
    folders(folder, options) {
      use.calls += 1
      return store.folders(folder, options)
    },
    delete(key, options) {
      use.calls += 1
      return store.delete(key, options)
    },
    check: (options) => store.check(options),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
  return { store: counted, use: () => ({ ...use }) }
}
