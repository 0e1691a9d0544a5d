import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fenceStore } from '../../../src/archive/fence.ts'
import { loadPublication } from '../../../src/archive/index.ts'
import type { Manifest } from '../../../src/archive/manifest.ts'
import type { AppError } from '../../../src/protocol/index.ts'
import { type StoredSegment, Uploader } from '../../../src/recorder/segments/uploader.ts'
import { adoptLeftovers, type Overlap, waitForPredecessors } from '../../../src/recovery/adopt-leftovers.ts'
import { openSpool, type Spool } from '../../../src/spool/spool.ts'
import type { SpooledTake } from '../../../src/spool/take-file.ts'
import { openStore, type SegmentStore } from '../../../src/store/index.ts'

export const ID = 'rec_01'
export const BEGAN_AT_MS = Date.UTC(2026, 10, 21, 9)

/** A folder with a spool and a store. */
export async function openRoom() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-uploads-'))
  const store = await openStore({ kind: 'fs', path: join(path, 'store') })
  const spoolDir = join(path, 'spool')
  return { path, store, spoolDir, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export function aboutTake(take: number): Omit<SpooledTake, 'owner'> {
  const manifest: Manifest = {
    version: 1,
    id: ID,
    traceId: 'trace',
    createdAt: new Date(BEGAN_AT_MS).toISOString(),
    startedAt: new Date(BEGAN_AT_MS).toISOString(),
    endedAt: null,
    state: 'recording',
    durationSec: 0,
    error: null,
    takes: [
      {
        number: take,
        startedAt: new Date(BEGAN_AT_MS).toISOString(),
        endedAt: null,
        durationSec: 0,
        segments: 0,
        error: null,
      },
    ],
    spec: {
      room: null,
      sources: [],
      layout: { name: 'grid' },
      video: { width: 320, height: 180, fps: 25, bitrateKbps: 400 },
      audio: { bitrateKbps: 96 },
      segmentSec: 2,
      highlights: { preSec: 20, postSec: 10, rules: [] },
      maxDurationSec: 600,
      metadata: {},
    },
  }
  return { recordingId: ID, take, targetDurationSec: 3, manifest }
}

/** Two seconds of a take, whose text says which. */
export async function spoolSegment(
  spool: Spool,
  take: number,
  number: number,
  programDateTimeMs: number = BEGAN_AT_MS + take * 3_600_000 + number * 2_000,
) {
  const entry = { number, durationSec: 2, programDateTimeMs, discontinuity: false }
  return await spool.write(entry, new TextEncoder().encode(`take ${take} segment ${number}`))
}

interface TakeUploads extends Pick<Uploader, 'publication' | 'add' | 'finish'> {
  readonly stored: readonly StoredSegment[]
  readonly troubles: readonly AppError[]
  readonly superseded: readonly AppError[]
  readonly failures: readonly AppError[]
}

const NO_OVERLAP: Overlap = { takes: new Set(), beganAtMs: Number.POSITIVE_INFINITY }

/** The uploader of a take, wired as a recorder wires it. */
export function startTake(options: {
  store: SegmentStore
  spoolDir: string
  spool: Spool
  take: number
  overlap?: Overlap
}): TakeUploads {
  const { spoolDir, spool, take, overlap = NO_OVERLAP } = options
  const stored: StoredSegment[] = []
  const troubles: AppError[] = []
  const superseded: AppError[] = []
  const failures: AppError[] = []
  const store = fenceStore(options.store, { recordingId: ID, take }, (error) => superseded.push(error))
  const uploader = new Uploader({
    recordingId: ID,
    store,
    async begin(giveUp) {
      const adoption = { spoolDir, recordingId: ID, take, into: spool.adopted }
      await waitForPredecessors(adoption, giveUp)
      await store.claim()
      const publication = await loadPublication(store, ID, { segmentSec: 2, fps: 25 })
      return { publication, leftovers: await adoptLeftovers(adoption, publication, overlap) }
    },
    onStored: (segment) => stored.push(segment),
    onTrouble: (error) => troubles.push(error),
    onFailed: (error) => failures.push(error),
  })
  return {
    publication: uploader.publication,
    add: (segment) => uploader.add(segment),
    finish: (options) => uploader.finish(options),
    stored,
    troubles,
    superseded,
    failures,
  }
}

export { openSpool }
