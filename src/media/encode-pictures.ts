import { type FfmpegCommand, type FfmpegOptions, runFfmpeg, STDIN, STDOUT } from './run-ffmpeg.ts'

/** Pictures to encode so that they can stand in front of copied ones. */
interface EncodeWork {
  /** H.264 byte stream of whole groups of pictures. */
  readonly input: Iterable<Uint8Array>
  /** Which of its pictures are kept; each range begins with an IDR picture. `end` is not in it. */
  readonly keep: readonly { readonly first: number; readonly end: number }[]
  readonly fps: number
  /** What the stream around it has. Colours as code points of ITU-T H.273; `level` is ten times the level. */
  readonly like: {
    readonly width: number
    readonly height: number
    readonly level: number
    readonly colour: {
      readonly fullRange: boolean
      readonly primaries: number
      readonly transfer: number
      readonly matrix: number
    }
  }
  /** `seq_parameter_set_id` and `pic_parameter_set_id` of what is encoded. */
  readonly setId: number
}

/** Above what the recording was encoded with: a picture encoded twice must not look worse than its neighbours. */
const CRF = 17

/** Returns the kept pictures as an H.264 byte stream with no B-frames. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function encodePictures(work: EncodeWork, options: FfmpegOptions): Promise<Buffer> {
  const build = (command: FfmpegCommand): void => buildEncode(command, work)
  return (await runFfmpeg({ build, input: work.input }, options)).output
}

/** The preset is the fastest: at this quality it costs bytes, and a group of pictures has few. */
function buildEncode(command: FfmpegCommand, work: EncodeWork): void {
  const { keep, fps, like, setId } = work
  const select = keep.map(({ first, end }) => `between(n\\,${first}\\,${end - 1})`).join('+')
  const starts = keep.map((_, i) => keep.slice(0, i).reduce((sum, { first, end }) => sum + end - first, 0))
  const scale = `scale=${like.width}:${like.height}:out_range=${like.colour.fullRange ? 'full' : 'limited'}`
  const format = like.colour.fullRange ? 'yuvj420p' : 'yuv420p'
  const x264 = ['8x8dct=1', `sps-id=${setId}`, 'stitchable=1', 'keyint=infinite', 'scenecut=0', `level=${like.level}`]
  command.input(STDIN).inputFormat('h264').inputOptions('-v', 'error', '-framerate', String(fps))
  command.output(STDOUT).videoFilters(`select=${select},setpts=N/(${fps}*TB),${scale},format=${format}`)
  command.videoCodec('libx264').format('h264')
  command.outputOptions('-fps_mode', 'passthrough', '-preset', 'ultrafast', '-profile:v', 'high', '-bf', '0')
  command.outputOptions('-crf', String(CRF), '-x264-params', x264.join(':'), '-forced-idr', '1')
  command.outputOptions('-force_key_frames', `expr:${starts.map((n) => `eq(n,${n})`).join('+')}`)
  command.outputOptions(...colourOptions(like.colour))
}

function colourOptions({
  fullRange,
  primaries,
  transfer,
  matrix,
}: EncodeWork['like']['colour']): [string, ...string[]] {
  const range = fullRange ? 'pc' : 'tv'
  return [
    '-color_range',
    range,
    '-color_primaries',
    `${primaries}`,
    '-color_trc',
    `${transfer}`,
    '-colorspace',
    `${matrix}`,
  ]
}
