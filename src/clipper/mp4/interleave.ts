/** Samples of one track that lie side by side in the file. */
export interface Chunk {
  readonly first: number
  readonly count: number
  /** Bytes from the beginning of the media data. */
  readonly offset: number
}

interface Samples {
  readonly timescale: number
  readonly durations: readonly number[]
  readonly sizes: readonly number[]
}

/** One chunk in the order of the file. */
export interface PlacedChunk extends Chunk {
  readonly track: number
}

const CHUNK_SEC = 0.5

/** Lays the samples of all tracks side by side in pieces of half a second, so that a player reads the file from its start. */
export function interleave(tracks: readonly Samples[]): readonly PlacedChunk[] {
  const pieces = tracks.flatMap((samples, track) => cut(samples).map((piece) => ({ ...piece, track })))
  pieces.sort((a, b) => a.slot - b.slot || a.track - b.track)
  let offset = 0
  return pieces.map(({ track, first, count, bytes }) => {
    const chunk = { track, first, count, offset }
    offset += bytes
    return chunk
  })
}

interface Piece {
  readonly slot: number
  readonly first: number
  count: number
  bytes: number
}

function cut({ timescale, durations, sizes }: Samples): Piece[] {
  const pieces: Piece[] = []
  let time = 0
  durations.forEach((duration, i) => {
    const slot = Math.floor(time / timescale / CHUNK_SEC)
    const open = pieces.at(-1)
    if (open?.slot === slot) {
      open.count += 1
      open.bytes += sizes[i] ?? 0
    } else pieces.push({ slot, first: i, count: 1, bytes: sizes[i] ?? 0 })
    time += duration
  })
  return pieces
}
