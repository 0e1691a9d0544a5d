import { PcmReader, SAMPLE_BYTES } from './pcm-reader.ts'
import type { SoundStretch } from './plan-sound.ts'
import { AAC_SAMPLES } from './ts/demux-segment.ts'

/** Where two stretches meet the sound goes down to nothing and up again in two milliseconds, or the joint would click. */
const FADE_SEC = 0.002
/** Silence is written in pieces of so many bytes. */
const SILENCE_BYTES = 48_000

interface Joints {
  /** Samples; zero where nothing is joined. */
  readonly fadeIn: number
  readonly fadeOut: number
}

/**
 * Puts decoded packets together to one unbroken piece of sound: what lies outside of its stretch is left out, what is missing
 * is silence. `decoded` are the packets of all stretches in their order, 16 bits, channels interleaved.
 */
export async function* mixStretches(
  stretches: readonly SoundStretch<unknown>[],
  decoded: AsyncIterable<Uint8Array>,
  { channels, sampleRate }: { readonly channels: number; readonly sampleRate: number },
): AsyncGenerator<Uint8Array> {
  await using reader = new PcmReader(decoded)
  const fade = Math.round(FADE_SEC * sampleRate)
  for (const [index, stretch] of stretches.entries()) {
    const joints = { fadeIn: index === 0 ? 0 : fade, fadeOut: index === stretches.length - 1 ? 0 : fade }
    yield* mixStretch(stretch, reader, { channels, joints })
  }
}

async function* mixStretch(
  { startSample, endSample, packets }: SoundStretch<unknown>,
  reader: PcmReader,
  { channels, joints }: { readonly channels: number; readonly joints: Joints },
): AsyncGenerator<Uint8Array> {
  const bytesOf = (samples: number) => samples * channels * SAMPLE_BYTES
  const gainAt = (at: number) => Math.min((at - startSample) / joints.fadeIn, (endSample - at) / joints.fadeOut)
  let cursor = startSample
  for (const { atSample } of packets) {
    const samples = await reader.take(bytesOf(AAC_SAMPLES))
    const from = Math.max(cursor, atSample)
    const to = Math.min(endSample, atSample + AAC_SAMPLES)
    if (to <= from) continue
    yield* silence(bytesOf(from - cursor))
    const part = samples.subarray(bytesOf(from - atSample), bytesOf(to - atSample))
    yield faded(part, channels, (i) => gainAt(from + i))
    cursor = to
  }
  yield* silence(bytesOf(endSample - cursor))
}

function* silence(bytes: number): Generator<Uint8Array> {
  for (let left = bytes; left > 0; left -= SILENCE_BYTES) yield new Uint8Array(Math.min(left, SILENCE_BYTES))
}

/** The samples with their gain. One of 1 or more leaves a sample as it is; so does NaN, of a fade of no samples. */
function faded(bytes: Buffer, channels: number, gainAt: (sample: number) => number): Buffer {
  const count = bytes.byteLength / SAMPLE_BYTES / channels
  for (let i = 0; i < count; i += 1) {
    const gain = gainAt(i)
    if (gain >= 1 || Number.isNaN(gain)) continue
    for (let channel = 0; channel < channels; channel += 1) {
      const at = (i * channels + channel) * SAMPLE_BYTES
      bytes.writeInt16LE(Math.round(bytes.readInt16LE(at) * gain), at)
    }
  }
  return bytes
}
