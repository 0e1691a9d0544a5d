import { PcmReader, SAMPLE_BYTES } from '../pcm-reader.ts'
import type { RecapPlan } from './plan-recap.ts'

interface MixOptions {
  readonly fps: number
  readonly sampleRate: number
  readonly channels: number
  /** The raw sound of a part, opened when it is its turn. */
  readonly open: (part: number) => AsyncIterable<Uint8Array>
}

const PIECE_SAMPLES = 48_000

/** The sound of a recap: each part exactly as long as its pictures, cross-faded at equal power where they are. */
export async function* mixRecap(plan: RecapPlan, options: MixOptions): AsyncGenerator<Uint8Array> {
  const { fps, sampleRate, channels } = options
  const sampleOf = (frame: number) => Math.round((frame * sampleRate) / fps)
  const bytesOf = (samples: number) => samples * channels * SAMPLE_BYTES
  let fading: Buffer = Buffer.alloc(0)
  for (const { part, firstFrame, frames, fadeIn, fadeOut } of plan.pieces) {
    await using reader = new PcmReader(options.open(part))
    const start = sampleOf(firstFrame)
    const fadeSamples = sampleOf(firstFrame + fadeIn) - start
    if (fadeSamples > 0) yield crossFade(fading, await reader.take(bytesOf(fadeSamples)), channels)
    const end = sampleOf(firstFrame + frames)
    for (let at = start + fadeSamples; at < end; at += PIECE_SAMPLES) {
      yield await reader.take(bytesOf(Math.min(PIECE_SAMPLES, end - at)))
    }
    fading = await reader.take(bytesOf(sampleOf(firstFrame + frames + fadeOut) - end))
  }
}

/** The sum of the squares of both gains is one: what has nothing in common keeps its loudness. */
function crossFade(before: Buffer, after: Buffer, channels: number): Buffer {
  const count = after.byteLength / SAMPLE_BYTES
  for (let i = 0; i < count; i += 1) {
    const angle = ((Math.floor(i / channels) + 0.5) / (count / channels)) * (Math.PI / 2)
    const at = i * SAMPLE_BYTES
    const mixed = before.readInt16LE(at) * Math.cos(angle) + after.readInt16LE(at) * Math.sin(angle)
    after.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(mixed))), at)
  }
  return after
}
