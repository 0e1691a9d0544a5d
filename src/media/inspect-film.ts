import { type FfmpegCommand, type FfmpegOptions, runFfmpeg, STDOUT } from './run-ffmpeg.ts'
import { runFfprobe } from './run-ffprobe.ts'

/** One packet as FFmpeg reads it out of the file, edit lists applied; seconds of the film. */
interface FilmPacket {
  readonly startSec: number
  readonly durationSec: number
  readonly isKey: boolean
}

export interface FilmPackets {
  readonly pictures: readonly FilmPacket[]
  readonly sound: readonly FilmPacket[]
  /** What FFmpeg said at level warning or worse. */
  readonly complaints: readonly string[]
}

/** Lists the packets of a file without decoding them. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function readPackets(path: string, options: FfmpegOptions): Promise<FilmPackets> {
  const entries = 'packet=codec_type,pts_time,duration_time,flags'
  const args = ['-v', 'warning', '-show_entries', entries, '-of', 'csv=p=0', path]
  const { output, complaints } = await runFfprobe(args, options)
  const pictures: FilmPacket[] = []
  const sound: FilmPacket[] = []
  for (const line of output.split('\n')) {
    const [kind, start, duration, flags = ''] = line.split(',')
    const packet = { startSec: Number(start), durationSec: Number(duration), isKey: flags.includes('K') }
    if (kind === 'video') pictures.push(packet)
    else if (kind === 'audio') sound.push(packet)
  }
  return { pictures, sound, complaints }
}

/** A part of a film, seconds of its own clock. */
export interface Stretch {
  readonly fromSec: number
  readonly toSec: number
}

/** Counts the pictures of each stretch that can be decoded, with the decoder's complaints. Errors: `ffmpeg.failed`. */
export async function decodeStretches(
  path: string,
  stretches: readonly Stretch[],
  options: FfmpegOptions,
): Promise<{ readonly counts: readonly number[]; readonly complaints: readonly string[] }> {
  const build = (command: FfmpegCommand): void => buildDecode(command, { path, stretches })
  const { output, complaints } = await runFfmpeg({ build }, options)
  const counts = stretches.map(() => 0)
  for (const line of output.toString('latin1').split('\n')) {
    const index = /^(\d+),/.exec(line)?.[1]
    if (index !== undefined) counts[Number(index)] = (counts[Number(index)] ?? 0) + 1
  }
  return { counts, complaints }
}

/** The output is a line of text for each picture, with its stretch in front. */
function buildDecode(
  command: FfmpegCommand,
  { path, stretches }: { readonly path: string; readonly stretches: readonly Stretch[] },
): void {
  for (const { fromSec, toSec } of stretches) {
    command.input(path).inputOptions('-an')
    command.inputOptions('-t', (toSec - Math.max(0, fromSec)).toFixed(6))
    if (fromSec > 0) command.seekInput(fromSec.toFixed(6))
  }
  command.output(STDOUT).outputOptions('-v', 'warning', '-nostdin', '-fps_mode', 'passthrough').format('framecrc')
  for (const i of stretches.keys()) command.outputOptions('-map', `${i}:v:0`)
}
