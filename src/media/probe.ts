import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createLastLines, ffmpegFailed } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'

const run = promisify(execFile)

export interface ProbeOptions {
  readonly signal?: AbortSignal
  readonly ffmpegPath?: string
}

export interface StreamInfo {
  readonly kind: 'video' | 'audio' | 'other'
  readonly codec: string
  /** Pixels; undefined unless it is video. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Undefined unless it is audio. */
  readonly sampleRate: number | undefined
  readonly channels: number | undefined
}

export interface MediaInfo {
  /** Undefined when the media does not tell, as a live stream. */
  readonly durationSec: number | undefined
  readonly streams: readonly StreamInfo[]
}

interface ProbeOutput {
  readonly format?: { readonly duration?: string }
  readonly streams?: readonly {
    readonly codec_type?: string
    readonly codec_name?: string
    readonly width?: number
    readonly height?: number
    readonly sample_rate?: string
    readonly channels?: number
  }[]
}

/** What a file or URL holds. Errors: `ffmpeg.not-found`, `ffmpeg.failed` when it cannot be read or is no media. */
export async function probe(input: string, options: ProbeOptions = {}): Promise<MediaInfo> {
  const { ffprobe } = await findFfmpeg(options.ffmpegPath)
  const args = ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', '-i', input]
  try {
    const { stdout } = await run(ffprobe, args, options.signal === undefined ? {} : { signal: options.signal })
    return mediaInfo(JSON.parse(stdout) as ProbeOutput)
  } catch (cause) {
    options.signal?.throwIfAborted()
    const failed = cause as { code?: unknown; signal?: NodeJS.Signals | null; stderr?: string }
    const log = createLastLines()
    log.add(failed.stderr ?? '')
    const code = typeof failed.code === 'number' ? failed.code : null
    throw ffmpegFailed('ffprobe', { code, signal: failed.signal ?? null, lines: log.lines, cause })
  }
}

function mediaInfo(output: ProbeOutput): MediaInfo {
  const durationSec = Number.parseFloat(output.format?.duration ?? '')
  return {
    durationSec: Number.isFinite(durationSec) ? durationSec : undefined,
    streams: (output.streams ?? []).map((stream) => ({
      kind: stream.codec_type === 'video' || stream.codec_type === 'audio' ? stream.codec_type : 'other',
      codec: stream.codec_name ?? 'unknown',
      width: stream.width,
      height: stream.height,
      sampleRate: stream.sample_rate === undefined ? undefined : Number(stream.sample_rate),
      channels: stream.channels,
    })),
  }
}
