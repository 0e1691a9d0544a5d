import type { FfmpegCommand } from 'fluent-ffmpeg'

const FORMATS = ['aac', 'adts', 'framecrc', 'h264', 'image2', 'lavfi', 's16le', 'webp'] as const
const ENCODERS = { aac: 'audio', libx264: 'video', libwebp_anim: 'video' } as const

/**
 * Answers for FFmpeg what formats and encoders it has: those that this folder uses. fluent-ffmpeg asks before each command, in two
 * more processes that cost a clip a fifth of a second; FFmpeg itself says at once what it lacks, and `panorec doctor` before that.
 */
export function answerCapabilities(command: FfmpegCommand): void {
  const description = ''
  const formats = FORMATS.map((name) => [name, { description, canDemux: true, canMux: true }])
  command.availableFormats = (callback) => callback(NO_ERROR, Object.fromEntries(formats))
  const traits = { description, frameMT: false, sliceMT: false, drawHorizBand: false, directRendering: false }
  const encoders = Object.entries(ENCODERS).map(([name, type]) => [name, { ...traits, type, experimental: false }])
  command.availableEncoders = (callback) => callback(NO_ERROR, Object.fromEntries(encoders))
}

/** The types of fluent-ffmpeg leave out that there may be none. */
const NO_ERROR = null as unknown as Error
