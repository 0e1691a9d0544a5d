import { type FfmpegCommand, type FfmpegOptions, runFfmpeg, STDIN, STDOUT, streamFfmpeg } from './run-ffmpeg.ts'

/** Samples a second of each channel. */
export interface SoundShape {
  readonly sampleRate: number
  readonly channels: number
}

const BITRATE_PER_CHANNEL_KBPS = 80

/** Decodes every packet of an ADTS stream, none left out, to raw samples: interleaved, 16 bits. Errors: `ffmpeg.failed`. */
export function decodeAdts(
  input: AsyncIterable<Uint8Array>,
  shape: SoundShape,
  options: FfmpegOptions,
): AsyncIterable<Uint8Array> {
  return streamFfmpeg(
    {
      input,
      build: (command) =>
        rawOutput(command.input(STDIN).inputFormat('aac').inputOptions('-v', 'error').output(STDOUT), shape),
    },
    options,
  ).output
}

/** Decodes the sound of a file, its edit list applied, to raw samples: interleaved, 16 bits. Errors: `ffmpeg.failed`. */
export function decodeSound(path: string, shape: SoundShape, options: FfmpegOptions): AsyncIterable<Uint8Array> {
  return streamFfmpeg(
    {
      build: (command) =>
        rawOutput(
          command.input(path).inputOptions('-nostdin', '-v', 'error').output(STDOUT).outputOptions('-map', '0:a:0'),
          shape,
        ),
    },
    options,
  ).output
}

/** Encodes raw samples as AAC-LC in ADTS; the first packet is the encoder's priming of 1024 samples. Errors: `ffmpeg.failed`. */
export async function encodeAdts(
  input: AsyncIterable<Uint8Array>,
  { sampleRate, channels }: SoundShape,
  options: FfmpegOptions,
): Promise<Buffer> {
  const { output } = await runFfmpeg(
    {
      input,
      build: (command) => {
        command.input(STDIN).inputFormat('s16le').inputOptions('-v', 'error')
        command.inputOptions('-ar', String(sampleRate), '-ac', String(channels))
        command
          .output(STDOUT)
          .audioCodec('aac')
          .audioBitrate(BITRATE_PER_CHANNEL_KBPS * channels)
        command.format('adts')
      },
    },
    options,
  )
  return output
}

function rawOutput(command: FfmpegCommand, { sampleRate, channels }: SoundShape): void {
  command.format('s16le').audioFrequency(sampleRate).audioChannels(channels)
}
