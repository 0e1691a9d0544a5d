import { type PipeOptions, runFfmpeg } from './pipe-ffmpeg.ts'

/** One part of a film that is put together of several, and a cross-fade into it. */
export interface PieceWork {
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
export async function renderPiece(work: PieceWork, options: PipeOptions): Promise<void> {
  await runFfmpeg({ args: buildPieceArguments(work), folder: work.folder }, options)
}

/** Two decoders at most, however many pieces the film has. */
export function buildPieceArguments(work: PieceWork): string[] {
  const { video, source, before, frames, title, output } = work
  const drawn = title === undefined ? '' : `,ass=${title}`
  const graph =
    before === undefined
      ? [`[0:v]${steady(video, frames)}${drawn},format=yuv420p[out]`]
      : [
          `[0:v]${steady(video, before.frames)}[before]`,
          `[1:v]${steady(video, frames)}${drawn},format=yuv420p[piece]`,
          `[before][piece]xfade=transition=fade:duration=${before.frames / video.fps}:offset=0,trim=end_frame=${frames},format=yuv420p[out]`,
        ]
  const x264 = ['stitchable=1', 'scenecut=0', `keyint=${GROUP_SEC * video.fps}`]
  return [
    ...['-v', 'error', '-y'],
    ...(before === undefined ? [] : inputOf(before.source, video, before.first)),
    ...inputOf(source, video, 0),
    ...['-filter_complex', graph.join(';'), '-map', '[out]', '-fps_mode', 'passthrough', '-frames:v', String(frames)],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-bf', '0', '-crf', String(CRF)],
    ...['-x264-params', x264.join(':'), '-color_range', 'tv', '-color_primaries', '1', '-color_trc', '1'],
    ...['-colorspace', '1', '-f', 'h264', output],
  ]
}

/** Seeks to the middle between two frames, so that rounding cannot choose another. */
function inputOf(source: PieceSource, { width, height, fps }: PieceWork['video'], first: number): string[] {
  if (source.kind === 'card') return ['-f', 'lavfi', '-i', `color=c=${CARD_COLOUR}:s=${width}x${height}:r=${fps}`]
  return [...(first > 0 ? ['-ss', ((first - 0.5) / fps).toFixed(6)] : []), '-an', '-i', source.file]
}

/** Exactly so many frames at a constant pace and of one size, whatever the film has. */
function steady({ width, height, fps }: PieceWork['video'], frames: number): string {
  const size = `scale=${width}:${height}:force_original_aspect_ratio=decrease:out_range=limited,pad=${width}:${height}:-1:-1`
  return `setpts=PTS-STARTPTS,fps=${fps},tpad=stop_mode=clone:stop_duration=1,trim=end_frame=${frames},${size},setsar=1,format=yuv420p`
}
