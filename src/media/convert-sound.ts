import { openFfmpegPipe, type PipeOptions, runFfmpeg } from './pipe-ffmpeg.ts'

/** Samples a second of each channel. */
export interface SoundShape {
  readonly sampleRate: number
  readonly channels: number
}

const BITRATE_PER_CHANNEL_KBPS = 80

/** Every packet of an ADTS stream as its samples, none left out: raw, interleaved, 16 bits. Errors: `ffmpeg.failed`. */
export function decodeAdts(
  input: AsyncIterable<Uint8Array>,
  shape: SoundShape,
  options: PipeOptions,
): AsyncIterable<Uint8Array> {
  const args = ['-v', 'error', '-f', 'aac', '-i', 'pipe:0', ...rawOutput(shape)]
  return openFfmpegPipe({ args, input }, options).output
}

/** The sound of a file as it is to be heard, edit list obeyed: raw, interleaved, 16 bits. Errors: `ffmpeg.failed`. */
export function decodeSound(path: string, shape: SoundShape, options: PipeOptions): AsyncIterable<Uint8Array> {
  return openFfmpegPipe({ args: ['-v', 'error', '-i', path, '-map', '0:a:0', ...rawOutput(shape)] }, options).output
}

/** Raw samples as AAC-LC in ADTS; its first packet is the encoder's priming of 1024 samples. Errors: `ffmpeg.failed`. */
export async function encodeAdts(
  input: AsyncIterable<Uint8Array>,
  shape: SoundShape,
  options: PipeOptions,
): Promise<Buffer> {
  const bitrate = ['-b:a', `${BITRATE_PER_CHANNEL_KBPS * shape.channels}k`]
  const args = ['-v', 'error', ...rawFormat(shape), '-i', 'pipe:0', '-c:a', 'aac', ...bitrate, '-f', 'adts', 'pipe:1']
  return (await runFfmpeg({ args, input }, options)).output
}

function rawFormat({ sampleRate, channels }: SoundShape): string[] {
  return ['-f', 's16le', '-ar', String(sampleRate), '-ac', String(channels)]
}

function rawOutput(shape: SoundShape): string[] {
  return [...rawFormat(shape), 'pipe:1']
}
