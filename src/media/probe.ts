import { runFfprobe } from './run-ffprobe.ts'
import type { FfmpegOptions } from './run-program.ts'

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

/** What `-of json` writes; it leaves out what the media does not tell, and writes some numbers as strings. */
interface ProbeOutput {
  readonly format: { readonly duration?: string }
  readonly streams: readonly {
    readonly codec_type?: string
    readonly codec_name?: string
    readonly width?: number
    readonly height?: number
    readonly sample_rate?: string
    readonly channels?: number
  }[]
}

/** Reads what a file holds. Errors: `ffmpeg.not-found`, `ffmpeg.failed` when it cannot be read or is no media. */
export async function probe(path: string, options: FfmpegOptions = {}): Promise<MediaInfo> {
  const args = ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-i', path]
  const { output } = await runFfprobe(args, options)
  return parseProbe(JSON.parse(output) as ProbeOutput)
}

function parseProbe({ format, streams }: ProbeOutput): MediaInfo {
  return {
    durationSec: parseNumber(format.duration),
    streams: streams.map((stream) => ({
      kind: stream.codec_type === 'video' || stream.codec_type === 'audio' ? stream.codec_type : 'other',
      codec: stream.codec_name ?? 'unknown',
      width: stream.width,
      height: stream.height,
      sampleRate: parseNumber(stream.sample_rate),
      channels: stream.channels,
    })),
  }
}

function parseNumber(text: string | undefined): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
