import { type FfmpegCommand, type FfmpegOptions, runFfmpeg } from './run-ffmpeg.ts'

/** One part of a film that is put together of several, and a cross-fade into it. */
interface PieceWork {
  /** File names are relative to it. */
  readonly folder: string
  readonly video: { readonly width: number; readonly height: number; readonly fps: number }
  /** A film of the folder, or a plain card of so many frames. */
  readonly source: PieceSource
  /** How many frames it gives, the cross-fade included. */
  readonly frames: number
  /** The last `frames` of another source, from frame `first` on, that this one fades in over. */
  readonly before: { readonly source: PieceSource; readonly first: number; readonly frames: number } | undefined
  /** A subtitle file that is drawn over it. */
  readonly title: string | undefined
  /** Where the H.264 byte stream goes. */
  readonly output: string
}

export type PieceSource = { readonly kind: 'film'; readonly file: string } | { readonly kind: 'card' }

const CARD_COLOUR = '0x14181f'
const CRF = 20
/** A group of pictures of two seconds: a viewer who seeks waits no longer. */
const GROUP_SEC = 2

/** Encodes a piece so that pieces may follow each other in one film. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function renderPiece(work: PieceWork, options: FfmpegOptions): Promise<void> {
  await runFfmpeg({ build: (command) => buildPiece(command, work), folder: work.folder }, options)
}

/** The command has two decoders at most, however many pieces the film has. */
function buildPiece(command: FfmpegCommand, work: PieceWork): void {
  const { video, source, before, frames, output } = work
  if (before !== undefined) addSource(command, before.source, { video, first: before.first })
  addSource(command, source, { video, first: 0 })
  const x264 = ['stitchable=1', 'scenecut=0', `keyint=${GROUP_SEC * video.fps}`]
  command.complexFilter(graphOf(work), 'out').output(output).videoCodec('libx264').format('h264')
  command.outputOptions(
    '-v',
    'error',
    '-nostdin',
    '-fps_mode',
    'passthrough',
    '-frames:v',
    String(frames),
    '-preset',
    'veryfast',
  )
  command.outputOptions('-profile:v', 'high', '-bf', '0', '-crf', String(CRF), '-x264-params', x264.join(':'))
  command.outputOptions('-color_range', 'tv', '-color_primaries', '1', '-color_trc', '1', '-colorspace', '1')
}

function graphOf({ video, before, frames, title }: PieceWork): string[] {
  const drawn = title === undefined ? '' : `,ass=${title}`
  if (before === undefined) return [`[0:v]${steady(video, frames)}${drawn},format=yuv420p[out]`]
  const fade = `xfade=transition=fade:duration=${before.frames / video.fps}:offset=0`
  return [
    `[0:v]${steady(video, before.frames)}[before]`,
    `[1:v]${steady(video, frames)}${drawn},format=yuv420p[piece]`,
    `[before][piece]${fade},trim=end_frame=${frames},format=yuv420p[out]`,
  ]
}

/** Seeks to the middle between two frames, so that rounding cannot choose another. */
function addSource(
  command: FfmpegCommand,
  source: PieceSource,
  { video, first }: { readonly video: PieceWork['video']; readonly first: number },
): void {
  const { width, height, fps } = video
  if (source.kind === 'card') {
    command.input(`color=c=${CARD_COLOUR}:s=${width}x${height}:r=${fps}`).inputFormat('lavfi')
  } else {
    command.input(source.file).inputOptions('-an')
    if (first > 0) command.seekInput(((first - 0.5) / fps).toFixed(6))
  }
}

/** The filters that give exactly so many frames at a constant pace and of one size, whatever the film has. */
function steady({ width, height, fps }: PieceWork['video'], frames: number): string {
  const size = `scale=${width}:${height}:force_original_aspect_ratio=decrease:out_range=limited,pad=${width}:${height}:-1:-1`
  return `setpts=PTS-STARTPTS,fps=${fps},tpad=stop_mode=clone:stop_duration=1,trim=end_frame=${frames},${size},setsar=1,format=yuv420p`
}
