import { type FileHandle, open } from 'node:fs/promises'
import { errnoOf, fsError } from '../store/index.ts'
import { writeSample } from './h264/nal-units.ts'
import { buildMovieHead } from './mp4/build-movie.ts'
import { interleave, type PlacedChunk } from './mp4/interleave.ts'

/** One sample of a film that is written later: NAL units of a picture, or the one packet of sound. */
export interface Sample {
  /** Bytes of the sample in the file. */
  readonly size: number
  units(): Promise<readonly Uint8Array[]>
}

interface Track {
  readonly timescale: number
  readonly entry: Uint8Array
  readonly durations: readonly number[]
  readonly samples: readonly Sample[]
}

interface MovieFileOptions {
  readonly path: string
  readonly createdAt: Date
  readonly picture: Track & { readonly width: number; readonly height: number; readonly keys: readonly number[] }
  /** `skip`: samples of its clock that are decoded and not heard. */
  readonly sound: (Track & { readonly skip: number }) | undefined
}

const WRITE_BYTES = 4 * 2 ** 20

/** Writes an MP4 from front to end, a few megabytes in memory at a time. Returns its size in bytes. Errors: `spool.disk-full`. */
export async function writeMovieFile({ path, createdAt, picture, sound }: MovieFileOptions): Promise<number> {
  const tracks = [picture, ...(sound === undefined ? [] : [sound])].map((track) => ({
    ...track,
    sizes: track.samples.map(({ size }) => size),
  }))
  const placed = interleave(tracks)
  const withTables = (index: number) => ({
    sizes: tracks[index]?.sizes ?? [],
    chunks: placed.filter(({ track }) => track === index),
  })
  const mediaBytes = tracks.flatMap(({ sizes }) => sizes).reduce((total, size) => total + size, 0)
  const head = buildMovieHead({
    createdAt,
    mediaBytes,
    picture: { ...picture, ...withTables(0) },
    sound: sound && { ...sound, ...withTables(1) },
  })
  try {
    await using file = await open(path, 'w')
    await file.write(head)
    await writeChunks(file, placed, tracks)
  } catch (error) {
    throw errnoOf(error) === undefined ? error : fsError('Writing the film', error)
  }
  return head.byteLength + mediaBytes
}

async function writeChunks(file: FileHandle, placed: readonly PlacedChunk[], tracks: readonly Track[]): Promise<void> {
  let waiting: Buffer[] = []
  let bytes = 0
  const flush = async () => {
    await file.writev(waiting)
    waiting = []
    bytes = 0
  }
  for (const { track, first, count } of placed) {
    const chunk = await readChunk(tracks[track]?.samples.slice(first, first + count) ?? [], track === 0)
    waiting.push(chunk)
    bytes += chunk.byteLength
    if (bytes >= WRITE_BYTES) await flush()
  }
  await flush()
}

async function readChunk(samples: readonly Sample[], isPicture: boolean): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(samples.reduce((sum, { size }) => sum + size, 0))
  let at = 0
  for (const sample of samples) {
    const units = await sample.units()
    if (isPicture) at = writeSample(chunk, at, units)
    else
      for (const unit of units) {
        chunk.set(unit, at)
        at += unit.byteLength
      }
  }
  if (at !== chunk.byteLength) throw new RangeError(`Samples of ${chunk.byteLength} bytes turned out to have ${at}`)
  return chunk
}
