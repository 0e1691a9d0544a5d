import { type FfmpegCommand, type FfmpegOptions, runFfmpeg, STDIN } from './run-ffmpeg.ts'

/** A picture of a film, and a short moving one. Numbers of pictures count from the input's first one. */
interface StillsWork {
  /** H.264 byte stream of whole groups of pictures. */
  readonly input: () => Iterable<Uint8Array>
  readonly fps: number
  readonly poster: { readonly picture: number; readonly path: string }
  /** Of these ranges of pictures, `end` not in them; `quality` is 0 to 100. */
  readonly preview: {
    readonly keep: readonly { readonly first: number; readonly end: number }[]
    readonly path: string
    readonly quality: number
  }
}

const PREVIEW = { width: 320, fps: 10, stillSec: 0.4 } as const

/** Writes `poster.jpg`, of full size, and an endless animated `preview.webp`. Errors: `ffmpeg.failed`. */
export async function makeStills(work: StillsWork, options: FfmpegOptions): Promise<void> {
  const build = (command: FfmpegCommand): void => buildStills(command, work)
  await runFfmpeg({ build, input: work.input() }, options)
}

/** JPEG and WebP mean BT.601 colours, JPEG of full and WebP of limited range, whatever the film has (JFIF 1.02). */
function buildStills(command: FfmpegCommand, { fps, poster, preview }: StillsWork): void {
  const jpeg = 'scale=out_color_matrix=bt601:out_range=full,format=yuvj420p'
  const small = `scale='min(${PREVIEW.width},iw)':-2:flags=area:out_color_matrix=bt601:out_range=limited,format=yuv420p`
  // The last picture stands still for a moment; so an animation of one picture has two frames too.
  const still = `tpad=stop_mode=clone:stop_duration=${PREVIEW.stillSec}`
  const rate = `setpts=N/(${fps}*TB),${still},fps=${Math.min(PREVIEW.fps, fps)}`
  const kept = preview.keep.map(({ first, end }) => `between(n\\,${first}\\,${end - 1})`).join('+')
  command.input(STDIN).inputFormat('h264').inputOptions('-v', 'error', '-framerate', String(fps))
  command.complexFilter([
    '[0:v]split[a][b]',
    `[a]select=eq(n\\,${poster.picture}),${jpeg}[poster]`,
    `[b]select=${kept},${rate},${small}[preview]`,
  ])
  command.output(poster.path).map('poster').format('image2')
  command.outputOptions('-frames:v', '1', '-q:v', '3', '-update', '1')
  command.output(preview.path).map('preview').videoCodec('libwebp_anim').format('webp')
  command.outputOptions('-quality', String(preview.quality), '-compression_level', '3', '-loop', '0')
}
