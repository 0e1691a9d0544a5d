import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSps } from '../../h264/index.ts'
import { decodeSound, type FfmpegOptions, type PieceSource, renderPiece } from '../../media/index.ts'
import { AppError, type RecapJob } from '../../protocol/index.ts'
import { FRAME_UNITS } from '../cut-clip.ts'
import { encodeSound } from '../encode-sound.ts'
import { SetTable } from '../h264/set-table.ts'
import { type Sample, writeMovieFile } from '../movie-file.ts'
import { aacEntry, avcEntry } from '../mp4/sample-entries.ts'
import { noSound } from '../pcm-reader.ts'
import { AAC_SAMPLES } from '../ts/demux-segment.ts'
import { mixRecap } from './mix-recap.ts'
import type { RecapPiece, RecapPlan } from './plan-recap.ts'
import { openStoredPiece } from './stored-piece.ts'

/** One part of the film as it lies in the folder. */
export interface PartFile {
  readonly source: PieceSource
  readonly frames: number
  readonly hasSound: boolean
  /** The subtitle file of its title. */
  readonly title: string | undefined
}

interface RenderOptions {
  readonly folder: string
  readonly video: RecapJob['video']
  readonly createdAt: Date
  readonly ffmpeg: FfmpegOptions
}

const SOUND = { objectType: 2, sampleRate: 48_000, channels: 2 } as const

/**
 * Renders the film piece after piece, each picture encoded once, never more than two films open at a time. Returns its size
 * in bytes. Errors: `ffmpeg.failed`, `clip.wrong-media`.
 */
export async function renderRecap(
  plan: RecapPlan,
  parts: readonly PartFile[],
  options: RenderOptions & { readonly path: string },
): Promise<{ readonly bytes: number; readonly sampleRate: number | undefined }> {
  const { folder, video, ffmpeg } = options
  const table = new SetTable()
  const pictures: Sample[] = []
  const keys: number[] = []
  for (const piece of plan.pieces) {
    const output = `piece-${piece.part}.h264`
    await renderPiece({ folder, video, output, ...pieceWork(piece, plan, parts) }, ffmpeg)
    const stored = await openStoredPiece(join(folder, output))
    if (stored.samples.length !== piece.frames || !table.add(stored.sets)) throw wrongPiece(piece, stored.samples)
    for (const key of stored.keys) keys.push(pictures.length + key)
    for (const sample of stored.samples) pictures.push(sample)
  }
  const sound = await renderSound(plan, parts, options)
  const [sps] = table.sets.sps
  const bytes = await writeMovieFile({
    path: options.path,
    createdAt: options.createdAt,
    picture: {
      timescale: video.fps * FRAME_UNITS,
      entry: avcEntry(table.sets, parseSps(sps ?? new Uint8Array())),
      durations: pictures.map(() => FRAME_UNITS),
      samples: pictures,
      keys,
      width: video.width,
      height: video.height,
    },
    sound: sound && {
      timescale: SOUND.sampleRate,
      entry: aacEntry(SOUND),
      durations: sound.map(() => AAC_SAMPLES),
      samples: sound,
      skip: AAC_SAMPLES,
    },
  })
  return { bytes, sampleRate: sound && SOUND.sampleRate }
}

function pieceWork({ part, frames, fadeIn }: RecapPiece, plan: RecapPlan, parts: readonly PartFile[]) {
  const own = parts[part]
  const before = parts[part - 1]
  const first = plan.pieces[part - 1]?.frames ?? 0
  return {
    source: own?.source ?? { kind: 'card' as const },
    frames,
    title: own?.title,
    before: before === undefined || fadeIn === 0 ? undefined : { source: before.source, first, frames: fadeIn },
  }
}

async function renderSound(
  plan: RecapPlan,
  parts: readonly PartFile[],
  { folder, video, ffmpeg }: RenderOptions,
): Promise<Sample[] | undefined> {
  if (!parts.some(({ hasSound }) => hasSound)) return undefined
  const open = (index: number) => {
    const part = parts[index]
    if (part?.source.kind !== 'film' || !part.hasSound) return noSound()
    return decodeSound(join(folder, part.source.file), SOUND, ffmpeg)
  }
  const samples = Math.round((plan.frames * SOUND.sampleRate) / video.fps)
  return await encodeSound(mixRecap(plan, { ...SOUND, fps: video.fps, open }), { ...SOUND, samples }, ffmpeg)
}

/** Writes the subtitle file of a part; returns its name. */
export async function writeTitle(folder: string, part: number, text: string): Promise<string> {
  const name = `title-${part}.ass`
  await writeFile(join(folder, name), text)
  return name
}

function wrongPiece({ part, frames }: RecapPiece, found: readonly unknown[]): AppError {
  return new AppError(
    'clip.wrong-media',
    `Part ${part} of the recap has ${found.length} pictures instead of ${frames}`,
    {
      details: { part, expected: frames, found: found.length },
    },
  )
}
