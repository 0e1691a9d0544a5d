import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { objectKey } from '../../archive/keys.ts'
import { makeWorkFolder } from '../../machine/index.ts'
import { type FfmpegOptions, probe } from '../../media/index.ts'
import { AppError, MOST_RECAP_SEC, type RecapJob, type RecapResult } from '../../protocol/index.ts'
import { openStore, type SegmentStore } from '../../store/index.ts'
import type { ClipperIo } from '../clipper-io.ts'
import { verifyFilm } from '../verify-film.ts'
import { planRecap } from './plan-recap.ts'
import { type PartFile, renderRecap, writeTitle } from './render-recap.ts'
import { buildCardTitle, buildClipTitle } from './titles.ts'

const TITLE_SEC = 2.5
const CARD_SEC = 3
/** A title must have faded before its clip does. */
const LEAST_TITLE_SEC = 0.8

/**
 * Joins stored clips to one film with titles and cross-fades, verifies it, and stores it at `outputs/<recap id>.mp4`.
 * Errors: `highlight.not-ready` when a clip is not stored, `recap.too-long`, `clip.wrong-media`, those of FFmpeg and the store.
 */
export async function runRecap(job: RecapJob, { signal, logger }: ClipperIo): Promise<RecapResult> {
  await using store = await openStore(job.store)
  await using folder = await makeWorkFolder('clip')
  const startedAtMs = performance.now()
  const ffmpeg: FfmpegOptions = { signal, ...(job.ffmpegPath !== undefined && { ffmpegPath: job.ffmpegPath }) }
  const parts = await collectParts(store, job, { folder: folder.path, ffmpeg })
  const { fps } = job.video
  const plan = planRecap(parts, { fadeFrames: Math.round(job.crossfadeSec * fps) })
  const path = join(folder.path, 'recap.mp4')
  const createdAt = new Date(job.clips[0]?.at ?? 0)
  const { bytes, sampleRate } = await renderRecap(plan, parts, {
    folder: folder.path,
    video: job.video,
    createdAt,
    ffmpeg,
    path,
  })
  const pictures = Array.from({ length: plan.frames }, (_, frame) => ({ frame, encoded: true }))
  await verifyFilm(path, { pictures, runs: plan.pieces, frames: plan.frames }, { ...ffmpeg, fps, sampleRate })
  await store.putFile(objectKey(job.recordingId, 'recap', { recap: job.recapId }), path, { signal })
  const result = { durationSec: plan.frames / fps, bytes }
  logger.info({ ...result, elapsedMs: performance.now() - startedAtMs }, 'the recap is stored')
  return result
}

type Place = { readonly folder: string; readonly ffmpeg: FfmpegOptions }

async function collectParts(store: SegmentStore, job: RecapJob, place: Place): Promise<PartFile[]> {
  const parts: PartFile[] = job.title === null ? [] : [await titleCard(job, job.title, place)]
  let totalSec = 0
  for (const clip of job.clips) {
    const part = await collectClip(store, job, { clip, index: parts.length, place })
    totalSec += part.frames / job.video.fps
    if (totalSec > MOST_RECAP_SEC) throw tooLong(job, totalSec)
    parts.push(part)
  }
  return parts
}

async function titleCard({ video, clips }: RecapJob, title: string, { folder }: Place): Promise<PartFile> {
  const first = clips[0]?.at
  const text = buildCardTitle(
    { text: title, detail: first === undefined ? '' : dayOf(first), seconds: CARD_SEC },
    video,
  )
  return {
    source: { kind: 'card' },
    frames: CARD_SEC * video.fps,
    hasSound: false,
    title: await writeTitle(folder, 0, text),
  }
}

async function collectClip(
  store: SegmentStore,
  job: RecapJob,
  { clip, index, place }: { readonly clip: RecapJob['clips'][number]; readonly index: number; readonly place: Place },
): Promise<PartFile> {
  const { folder, ffmpeg } = place
  const file = `clip-${index}.mp4`
  await download(store, objectKey(job.recordingId, 'clip', { highlight: clip.highlightId }), {
    path: join(folder, file),
    ...(ffmpeg.signal !== undefined && { signal: ffmpeg.signal }),
  })
  const info = await probe(join(folder, file), ffmpeg)
  const durationSec = info.durationSec ?? 0
  const seconds = Math.min(TITLE_SEC, durationSec - job.crossfadeSec)
  const drawn = job.titles && seconds >= LEAST_TITLE_SEC
  const text = drawn ? buildClipTitle({ text: clip.label, detail: momentOf(clip.at), seconds }, job.video) : ''
  return {
    source: { kind: 'film', file },
    frames: Math.max(1, Math.round(durationSec * job.video.fps)),
    hasSound: info.streams.some(({ kind }) => kind === 'audio'),
    title: drawn ? await writeTitle(folder, index, text) : undefined,
  }
}

async function download(
  store: SegmentStore,
  key: string,
  { path, signal }: { readonly path: string; readonly signal?: AbortSignal },
): Promise<void> {
  try {
    const { body } = await store.get(key, signal === undefined ? {} : { signal })
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(path))
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof AppError))
      throw new AppError('store.unavailable', `Reading \`${key}\` broke off`, { cause: error })
    if (error.code !== 'store.not-found') throw error
    throw new AppError('highlight.not-ready', `The clip \`${key}\` of the recap is not in the store`, {
      received: key,
      cause: error,
    })
  }
}

function momentOf(at: string): string {
  return `${at.slice(0, 10)}  ${at.slice(11, 19)} UTC`
}

function dayOf(at: string): string {
  return at.slice(0, 10)
}

function tooLong(job: RecapJob, totalSec: number): AppError {
  return new AppError(
    'recap.too-long',
    `The clips of the recap last ${Math.round(totalSec)} s and more; choose fewer`,
    {
      field: 'highlights',
      received: job.clips.length,
      allowed: `clips of ${MOST_RECAP_SEC} s together`,
    },
  )
}
