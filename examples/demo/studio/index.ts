/**
 * The demo's film studio: it runs inside Chrome, draws a speaking person frame by frame on a canvas and encodes the
 * frames to H.264. It never touches the network, a file or the product.
 */
import type { ScenePlan } from '../scene-plan.ts'
import { drawPerson } from './person.ts'
import { poseAt } from './pose.ts'
import { drawRoom } from './room.ts'

/** All scenes are drawn in this space and scaled to the stream's size. */
const SCENE_WIDTH = 1280
const MAX_QUEUE = 6

/** Annex B H.264 as base64, an IDR frame on every full second. */
export async function filmScene(plan: ScenePlan): Promise<string> {
  const canvas = new OffscreenCanvas(plan.width, plan.height)
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false })
  if (context === null) throw new Error('The canvas has no 2D context; start Chrome with software rendering.')
  const room = paintRoom(plan)
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const failure = Promise.withResolvers<never>()
  const encoder = openEncoder(plan, (chunk) => chunks.push(chunk), failure.reject)
  await Promise.race([encodeAll(plan, { canvas, context, room, encoder }), failure.promise])
  encoder.close()
  return toBase64(chunks)
}

interface FilmSet {
  readonly canvas: OffscreenCanvas
  readonly context: OffscreenCanvasRenderingContext2D
  readonly room: OffscreenCanvas
  readonly encoder: VideoEncoder
}

async function encodeAll(plan: ScenePlan, set: FilmSet): Promise<void> {
  for (const [index, mouth] of plan.mouth.entries()) {
    drawFrame(plan, set, index / plan.fps, mouth)
    const frame = new VideoFrame(set.canvas, { timestamp: (index * 1e6) / plan.fps, duration: 1e6 / plan.fps })
    set.encoder.encode(frame, { keyFrame: index % plan.fps === 0 })
    frame.close()
    if (set.encoder.encodeQueueSize > MAX_QUEUE) {
      await new Promise((resolve) => set.encoder.addEventListener('dequeue', resolve, { once: true }))
    }
  }
  await set.encoder.flush()
}

function drawFrame(plan: ScenePlan, { context, room }: FilmSet, timeSec: number, mouth: number): void {
  const loopSec = plan.mouth.length / plan.fps
  const pose = poseAt({ timeSec, loopSec, mouth, phase: plan.phase })
  const scale = plan.width / SCENE_WIDTH
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.drawImage(room, 0, 0)
  context.setTransform(scale, 0, 0, scale, 0, 0)
  drawPerson(context, plan.look, pose)
}

function paintRoom(plan: ScenePlan): OffscreenCanvas {
  const sharp = new OffscreenCanvas(plan.width, plan.height)
  const soft = new OffscreenCanvas(plan.width, plan.height)
  const scale = plan.width / SCENE_WIDTH
  const draft = sharp.getContext('2d')
  const final = soft.getContext('2d')
  if (draft === null || final === null) throw new Error('The canvas has no 2D context.')
  draft.scale(scale, scale)
  drawRoom(draft, plan.look.room)
  final.filter = `blur(${3 * scale}px)`
  final.drawImage(sharp, 0, 0)
  return soft
}

function openEncoder(
  plan: ScenePlan,
  onChunk: (bytes: Uint8Array<ArrayBuffer>) => void,
  onError: (error: unknown) => void,
): VideoEncoder {
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength)
      chunk.copyTo(bytes)
      onChunk(bytes)
    },
    error: onError,
  })
  encoder.configure({
    codec: 'avc1.64001F',
    width: plan.width,
    height: plan.height,
    framerate: plan.fps,
    bitrate: plan.bitrateKbps * 1000,
    latencyMode: 'quality',
    avc: { format: 'annexb' },
  })
  return encoder
}

async function toBase64(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const bytes = new Uint8Array(await new Blob([...chunks]).arrayBuffer())
  return bytes.toBase64()
}
