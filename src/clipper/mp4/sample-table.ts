import { box, fullBox, u32, u64 } from './boxes.ts'
import type { Chunk } from './interleave.ts'

interface Samples {
  readonly entry: Uint8Array
  readonly durations: readonly number[]
  readonly sizes: readonly number[]
  readonly chunks: readonly Chunk[]
}

/** `stbl`: where each sample lies, how long it lasts, and where decoding can begin (ISO/IEC 14496-12 §8.5 to §8.7). */
export function sampleTable(
  { entry, durations, sizes, chunks }: Samples,
  options: {
    readonly keys: readonly number[] | undefined
    readonly mediaAt: number
    /** True when a place in the file needs 64 bits. */
    readonly wide: boolean
  },
): Buffer {
  const lengths = countRuns(durations)
  const filled = countChunkRuns(chunks)
  const offsets = chunks.map(({ offset }) => offset + options.mediaAt)
  return box(
    'stbl',
    fullBox('stsd', 0, u32(1), entry),
    fullBox('stts', 0, u32(lengths.length, ...lengths.flat())),
    ...(options.keys === undefined ? [] : [fullBox('stss', 0, table(options.keys.map((key) => key + 1)))]),
    fullBox('stsc', 0, u32(filled.length, ...filled.flat())),
    fullBox('stsz', 0, u32(0), table(sizes)),
    options.wide ? fullBox('co64', 0, u32(offsets.length), u64(...offsets)) : fullBox('stco', 0, table(offsets)),
  )
}

function table(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + values.length * 4)
  bytes.writeUInt32BE(values.length)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, 4 + i * 4)
  return bytes
}

/** Equal values in a row as [count, value]. */
function countRuns(values: readonly number[]): (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (const value of values) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] === value) last[0] += 1
    else runs.push([1, value])
  }
  return runs
}

/** Chunks that hold equally many samples as [first chunk, samples, sample entry] (§8.7.4). */
function countChunkRuns(chunks: readonly Chunk[]): (readonly [number, number, number])[] {
  return chunks.flatMap(({ count }, i) => (chunks[i - 1]?.count === count ? [] : [[i + 1, count, 1] as const]))
}
