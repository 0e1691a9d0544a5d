import { encodeAdts, type FfmpegOptions, type SoundShape } from '../media/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Sample } from './movie-file.ts'
import { splitAdts } from './ts/adts.ts'
import { AAC_SAMPLES } from './ts/demux-segment.ts'

/** One unbroken piece of raw sound as AAC; the first packet is priming, to be skipped by an edit list. */
export async function encodeSound(
  raw: AsyncIterable<Uint8Array>,
  { samples, ...shape }: SoundShape & { readonly samples: number },
  options: FfmpegOptions,
): Promise<Sample[]> {
  const encoded = splitAdts(await encodeAdts(raw, shape, options))
  const count = 1 + Math.ceil(samples / AAC_SAMPLES)
  if (encoded.length < count) {
    throw new AppError('clip.wrong-media', `The encoded sound has ${encoded.length} packets instead of ${count}`)
  }
  return encoded.slice(0, count).map(({ data }) => ({ size: data.byteLength, units: async () => [data] }))
}
