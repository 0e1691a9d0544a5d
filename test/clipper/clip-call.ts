import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runClip } from '../../src/clipper/index.ts'
import type { ClipRequest, ClipResult } from '../../src/protocol/index.ts'
import { FsSegmentStore } from '../../src/store/index.ts'
import { PATTERN_FPS } from '../kit/index.ts'
import { type FilmShape, type PatternRecording, SIZE, storePattern, type TakeSpec } from './pattern-recording.ts'

export const RECORDING = 'rec_01JZZZZZZZZZZZZZZZZZZZZZZZ'
const QUIET = { debug: () => undefined, info: () => undefined }

/** A stored pattern recording, and clips of it. */
export interface ClipBench extends AsyncDisposable, PatternRecording {
  readonly root: string
  readonly store: FsSegmentStore
  /** The request of a clip; the segments are those that overlap its range. */
  request(range: { fromMs: number; toMs: number; atMs?: number }, changes?: Partial<ClipRequest>): ClipRequest
  cut(request: ClipRequest): Promise<ClipResult & { readonly folder: string; readonly path: string }>
}

export async function openClipBench(takes: readonly TakeSpec[], shape?: FilmShape): Promise<ClipBench> {
  const root = await mkdtemp(join(tmpdir(), 'panorec-clips-'))
  const store = new FsSegmentStore(root)
  const recording = await storePattern(store, RECORDING, takes, shape)
  let count = 0
  return {
    ...recording,
    root,
    store,
    request({ fromMs, toMs, atMs = fromMs }, changes = {}) {
      count += 1
      const highlightId = `hl_${String(count).padStart(26, '0')}`
      const overlaps = ({ startMs, durationSec }: { startMs: number; durationSec: number }) =>
        startMs < toMs && startMs + durationSec * 1000 > fromMs
      return {
        highlightId,
        recordingId: RECORDING,
        traceId: 'trace',
        store: { kind: 'fs', path: root },
        atMs,
        fromMs,
        toMs,
        segments: recording.segments.filter(overlaps),
        video: { ...(shape?.size ?? SIZE), fps: shape?.fps ?? PATTERN_FPS },
        logLevel: 'silent',
        ...changes,
      }
    },
    async cut(request) {
      const result = await runClip(request, { signal: new AbortController().signal, logger: QUIET })
      const folder = join(root, RECORDING, 'highlights', request.highlightId)
      return { ...result, folder, path: join(folder, 'clip.mp4') }
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}
