import { readFile } from 'node:fs/promises'
import { sampleSize } from '../h264/nal-units.ts'
import type { ParameterSets } from '../h264/set-table.ts'
import { splitPictures } from '../h264/split-pictures.ts'
import type { Sample } from '../movie-file.ts'

/** One encoded piece of a recap. Nothing of its pictures is in memory but their sizes. */
export interface StoredPiece {
  readonly sets: ParameterSets
  readonly samples: readonly Sample[]
  /** Indices of its IDR pictures. */
  readonly keys: readonly number[]
}

/**
 * Reads the encoder's byte stream in this file. It is read again for the first sample that is asked for, and given up with the
 * last: the samples are to be taken in their order.
 */
export async function openStoredPiece(path: string): Promise<StoredPiece> {
  const { pictures, sets } = splitPictures(await readFile(path))
  const sizes = pictures.map(({ units }) => sampleSize(units))
  return {
    sets: { sps: sets.sps.map(copyOf), pps: sets.pps.map(copyOf) },
    samples: samplesOf(path, sizes),
    keys: pictures.flatMap(({ idr }, i) => (idr ? [i] : [])),
  }
}

/** A function of its own, because a closure would keep the whole stream in memory. */
function samplesOf(path: string, sizes: readonly number[]): Sample[] {
  let load: Promise<readonly (readonly Uint8Array[])[]> | undefined
  return sizes.map((size, i) => ({
    size,
    async units() {
      load ??= readFile(path).then((stream) => splitPictures(stream).pictures.map(({ units }) => units))
      const found = (await load)[i] ?? []
      if (i === sizes.length - 1) load = undefined
      return found
    },
  }))
}

const copyOf = (view: Uint8Array): Uint8Array => Uint8Array.from(view)
