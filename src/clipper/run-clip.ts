import { join } from 'node:path'
import { fileNameOf, objectKey } from '../archive/keys.ts'
import { makeWorkFolder } from '../machine/index.ts'
import type { FfmpegOptions } from '../media/index.ts'
import type { ClipRequest, ClipResult } from '../protocol/index.ts'
import { openStore, type SegmentStore } from '../store/index.ts'
import { type ClipStills, makeClipStills } from './clip-stills.ts'
import { type ClipperIo, sideBySide } from './clipper-io.ts'
import { assertHasMedia, cutClip, type FinishedClip } from './cut-clip.ts'
import { type Neighbours, reachesBack, reachesOn } from './cut-sound.ts'
import { type ClipPlan, planCut } from './plan-cut.ts'
import { type CachedSegment, SegmentCache } from './segment-cache.ts'
import { verifyFilm } from './verify-film.ts'

/**
 * Cuts one clip out of stored segments, verifies it, and only then stores it: preview, poster, and `clip.mp4` last.
 * Errors: `highlight.no-media` when pictures or a segment are not there (any more), `clip.wrong-media`, those of FFmpeg and
 * of the store.
 */
export async function runClip(request: ClipRequest, { signal, logger }: ClipperIo): Promise<ClipResult> {
  await using store = await openStore(request.store)
  await using folder = await makeWorkFolder('clip')
  const { fps } = request.video
  const startedAtMs = performance.now()
  const cache = new SegmentCache({ store, recordingId: request.recordingId, folder: folder.path, signal })
  const segments = await cache.read(request)
  const plan = planCut(segments, { fromMs: request.fromMs, toMs: request.toMs, fps })
  assertHasMedia(plan, request)
  const neighbours = await readNeighbours(cache, request, { plan, segments })
  const ffmpegFor = (both: AbortSignal): FfmpegOptions => ({
    signal: both,
    ...(request.ffmpegPath !== undefined && { ffmpegPath: request.ffmpegPath }),
  })
  const common = { segments, fps, atMs: request.atMs }
  const [clip, stills] = await sideBySide<[FinishedClip, ClipStills]>(signal, [
    async (both) => {
      const ffmpeg = ffmpegFor(both)
      const cut = await cutClip(plan, { ...common, path: join(folder.path, fileNameOf('clip')), ...neighbours, ffmpeg })
      logger.debug({ elapsedMs: performance.now() - startedAtMs, bytes: cut.bytes }, 'the clip is cut')
      await verifyFilm(cut.path, plan, { ...ffmpeg, fps, sampleRate: cut.sampleRate })
      return cut
    },
    (both) => makeClipStills(plan, { ...common, folder: folder.path, ffmpeg: ffmpegFor(both) }),
  ])
  await storeClip(store, request, { clip, stills, signal })
  const result = resultOf(plan, { fps, bytes: clip.bytes })
  logger.info({ ...result, elapsedMs: performance.now() - startedAtMs }, 'the clip is stored')
  return result
}

/** Nothing is read when the sound of the first and of the last picture lies in the segments that are listed. */
async function readNeighbours(
  cache: SegmentCache,
  { segments: listed, video }: ClipRequest,
  { plan, segments }: { readonly plan: ClipPlan; readonly segments: readonly CachedSegment[] },
): Promise<Neighbours> {
  const first = listed[plan.pictures[0]?.segment ?? 0]
  const last = listed[plan.pictures.at(-1)?.segment ?? 0]
  const [before, after] = await Promise.all([
    first !== undefined && reachesBack(plan, segments) ? cache.readBeside(first, 'before') : undefined,
    last !== undefined && reachesOn(plan, segments, video.fps) ? cache.readBeside(last, 'after') : undefined,
  ])
  return { before, after }
}

/** Whoever finds `clip.mp4` finds the others too. */
async function storeClip(
  store: SegmentStore,
  { recordingId, highlightId }: ClipRequest,
  { clip, stills, signal }: { readonly clip: FinishedClip; readonly stills: ClipStills; readonly signal: AbortSignal },
): Promise<void> {
  const key = (kind: 'preview' | 'poster' | 'clip') => objectKey(recordingId, kind, { highlight: highlightId })
  await store.putFile(key('preview'), stills.previewPath, { signal })
  await store.putFile(key('poster'), stills.posterPath, { signal })
  await store.putFile(key('clip'), clip.path, { signal })
}

function resultOf(plan: ClipPlan, { fps, bytes }: { readonly fps: number; readonly bytes: number }): ClipResult {
  const [first, last] = [plan.pictures[0]?.atMs ?? 0, plan.pictures.at(-1)?.atMs ?? 0]
  return {
    durationSec: plan.frames / fps,
    frames: plan.pictures.length,
    bytes,
    firstMs: first,
    endMs: last + 1000 / fps,
    encodedFrames: plan.pictures.filter(({ encoded }) => encoded).length,
  }
}
