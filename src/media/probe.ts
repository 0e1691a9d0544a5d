import createCommand, { type FfprobeData } from 'fluent-ffmpeg'
import { exitOf, ffmpegFailed, lastLines } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'
import type { FfmpegOptions } from './run-ffmpeg.ts'

interface StreamInfo {
  readonly kind: 'video' | 'audio' | 'other'
  readonly codec: string
  /** Pixels; undefined unless it is video. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Undefined unless it is audio. */
  readonly sampleRate: number | undefined
  readonly channels: number | undefined
}

interface MediaInfo {
  /** Undefined when the media does not tell, as a live stream. */
  readonly durationSec: number | undefined
  readonly streams: readonly StreamInfo[]
}

/**
 * What a file holds. Errors: `ffmpeg.not-found`, `ffmpeg.failed` when it cannot be read or is no media. fluent-ffmpeg cannot end its
 * ffprobe: an abort is thrown once that has read the head of the file, so that no process is left.
 */
export async function probe(path: string, { signal, ffmpegPath }: FfmpegOptions = {}): Promise<MediaInfo> {
  signal?.throwIfAborted()
  const { ffprobe } = await findFfmpeg(ffmpegPath)
  const { promise, resolve, reject } = Promise.withResolvers<FfprobeData>()
  createCommand(path)
    .setFfprobePath(ffprobe)
    .ffprobe(0, ['-v', 'error'], (error: Error | null, data) => {
      if (error === null) resolve(data)
      else reject(ffmpegFailed('ffprobe', { ...exitOf(error), lines: lastLines(logIn(error)), cause: error }))
    })
  try {
    return mediaInfo(await promise)
  } finally {
    signal?.throwIfAborted()
  }
}

/** What ffprobe wrote follows the first line of fluent-ffmpeg's error. */
function logIn({ message }: Error): string {
  return message.slice(message.indexOf('\n') + 1)
}

function mediaInfo({ format, streams }: FfprobeData): MediaInfo {
  return {
    durationSec: numberOf(format.duration),
    streams: streams.map((stream) => ({
      kind: stream.codec_type === 'video' || stream.codec_type === 'audio' ? stream.codec_type : 'other',
      codec: stream.codec_name ?? 'unknown',
      width: numberOf(stream.width),
      height: numberOf(stream.height),
      sampleRate: numberOf(stream.sample_rate),
      channels: numberOf(stream.channels),
    })),
  }
}

/** ffprobe writes `N/A` for what the media does not tell. */
function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
