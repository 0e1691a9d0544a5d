import { CanvasCompositor } from '../../../recorder-page/compositor/canvas-compositor.ts'
import { loadKernels } from '../../../recorder-page/compositor/planar/kernels/load-kernels.ts'
import { PlanarCompositor } from '../../../recorder-page/compositor/planar/planar-compositor.ts'
import { planScene, SceneAnimator } from '../../../recorder-page/scene/index.ts'
import { RoomReducer } from '../../../src/room/index.ts'
import { chartFrame } from './chart.ts'
import type { CompareRequest, Comparison, FrameShape } from './compare-messages.ts'
import { comparePlanes, planesOfRgba, readPlanes } from './compare-planes.ts'
import { allLoaded } from './loads.ts'

/**
 * So many samples around an edge the compositors may differ: a canvas repeats each sample of chroma over two columns and rows, and reads single
 * pixels when it shrinks a picture, where planes interpolate chroma from where H.264 has it, and take means.
 */
const REACH = 2

/** Renders the moments with both compositors. */
export async function compare(request: CompareRequest): Promise<Comparison[]> {
  const { size } = request
  const fail = (error: Error) => {
    throw error
  }
  const canvas = new CanvasCompositor(size, fail)
  const planar = new PlanarCompositor({ size, kernels: await loadKernels(), onError: fail })
  const reducer = new RoomReducer()
  const animator = new SceneAnimator()
  const frames = new Map<string, VideoFrame>()
  const put = (shapes: Readonly<Record<string, FrameShape & { readonly content?: number }>>) => {
    for (const [id, shape] of Object.entries(shapes)) {
      frames.get(id)?.close()
      frames.set(id, chartFrame(shape, shape.content))
    }
  }
  put(request.frames)
  let { layout, sources } = request
  const found: Comparison[] = []
  for (const moment of request.moments) {
    put(moment.frames ?? {})
    reducer.apply(moment.signals ?? [])
    layout = moment.layout ?? layout
    sources = moment.sources ?? sources
    const input = { room: reducer.room, sources, layout, size, nowMs: moment.atMs }
    const plan = animator.next(planScene(input), moment.atMs)
    const time = { timestampUs: 0, durationUs: 40_000, nowMs: moment.atMs }
    const frameOf = (id: string) => frames.get(id)
    // Both draw the board's images as they are now, and the next moment as they have arrived.
    const reference = canvas.compose(plan, frameOf, time)
    const picture = planar.compose(plan, frameOf, time)
    const expected = planesOfRgba(await readRgba(reference), size)
    found.push({
      ...comparePlanes(expected, await readPlanes(picture), request.reach ?? REACH),
      colours: picture.colorSpace.toJSON(),
      format: picture.format,
    })
    reference.close()
    picture.close()
    await allLoaded()
  }
  for (const frame of frames.values()) frame.close()
  return found
}

async function readRgba(frame: VideoFrame): Promise<Uint8Array> {
  const rgba = new Uint8Array(frame.codedWidth * frame.codedHeight * 4)
  await frame.copyTo(rgba, { format: 'RGBA' })
  return rgba
}
