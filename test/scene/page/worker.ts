import { loadFonts } from '../../../recorder-page/drawing/fonts.ts'
import { FONT_STACK } from '../../../recorder-page/drawing/tokens.ts'
import { planScene, SceneAnimator, ScenePainter } from '../../../recorder-page/scene/index.ts'
import { RoomReducer } from '../../../src/room/index.ts'
import { compare } from './compare.ts'
import type { CompareRequest } from './compare-messages.ts'
import { allLoaded } from './loads.ts'
import type { SceneAnswer, SceneRequest } from './messages.ts'
import { pictureFrame } from './pictures.ts'

const fonts = loadFonts()

async function render(request: SceneRequest): Promise<SceneAnswer> {
  await fonts
  const canvas = new OffscreenCanvas(request.size.width, request.size.height)
  const pen = canvas.getContext('2d', { alpha: false, desynchronized: true })
  if (pen === null) throw new TypeError('no 2D context')
  using painter = new ScenePainter(request.size)
  const reducer = new RoomReducer()
  const animator = new SceneAnimator()
  const frames = new Map(Object.entries(request.pictures).map(([id, picture]) => [id, pictureFrame(picture)]))
  const input = { ...request, room: reducer.room }
  const planMs: number[] = []
  const paintMs: number[] = []
  let atMs = request.nowMs - request.batches.length * 40
  const step = () => {
    const begin = performance.now()
    const plan = animator.next(planScene({ ...input, nowMs: Math.min(atMs, request.nowMs) }), atMs)
    const planned = performance.now()
    painter.paint(pen, plan, (id) => frames.get(id), atMs)
    pen.getImageData(0, 0, 1, 1)
    planMs.push(planned - begin)
    paintMs.push(performance.now() - planned)
    atMs += 40
  }
  for (const batch of request.batches) {
    reducer.apply(batch)
    step()
  }
  await allLoaded()
  planMs.length = 0
  paintMs.length = 0
  for (let turn = 0; turn < request.repeat; turn++) step()
  atMs = request.nowMs + 10_000
  step()
  const pixels = request.probes.map(({ x, y }) => [...pen.getImageData(x, y, 1, 1).data])
  for (const frame of frames.values()) frame.close()
  const png = request.png ? await toBase64(canvas) : ''
  return { png, pixels, paintMs: median(paintMs), planMs: median(planMs), worstMs: Math.max(...paintMs) }
}

async function toBase64(canvas: OffscreenCanvas): Promise<string> {
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer())
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

/** The drawn pixels of a text, as a string to compare: two glyphs that look the same give the same. */
async function glyphs(text: string): Promise<{ readonly width: number; readonly ink: string }> {
  await fonts
  const canvas = new OffscreenCanvas(160, 60)
  const pen = canvas.getContext('2d')
  if (pen === null) throw new TypeError('no 2D context')
  pen.font = `32px ${FONT_STACK}`
  pen.fillText(text, 8, 42)
  const { data } = pen.getImageData(0, 0, 160, 60)
  let ink = ''
  for (let index = 3; index < data.length; index += 4) ink += (data[index] ?? 0) > 96 ? '#' : '.'
  return { width: pen.measureText(text).width, ink }
}

async function answer(call: string, argument: unknown): Promise<unknown> {
  if (call === 'render') return await render(argument as SceneRequest)
  await fonts
  return call === 'compare' ? await compare(argument as CompareRequest) : await glyphs(argument as string)
}

addEventListener('message', async ({ data }: MessageEvent<{ id: number; call: string; argument: unknown }>) => {
  const { id, call, argument } = data
  try {
    postMessage({ id, value: await answer(call, argument) })
  } catch (thrown) {
    postMessage({ id, error: thrown instanceof Error ? `${thrown.message}\n${thrown.stack}` : String(thrown) })
  }
})
