import { box, fullBox, u16, u32, u64, zeros } from './boxes.ts'
import type { Chunk } from './interleave.ts'
import { sampleTable } from './sample-table.ts'

interface TrackMedia {
  /** Units of the track's own clock in a second. */
  readonly timescale: number
  readonly entry: Uint8Array
  readonly durations: readonly number[]
  readonly sizes: readonly number[]
  readonly chunks: readonly Chunk[]
}

interface PictureTrack extends TrackMedia {
  readonly width: number
  readonly height: number
  /** Indices of the samples that decoding can begin with. */
  readonly keys: readonly number[]
}

interface SoundTrack extends TrackMedia {
  /** Samples of its clock that are decoded and not heard. */
  readonly skip: number
}

/** A film of one picture track and at most one sound track. */
export interface Movie {
  readonly createdAt: Date
  readonly picture: PictureTrack
  readonly sound: SoundTrack | undefined
  /** Bytes of all samples together. */
  readonly mediaBytes: number
}

/** 1904 to 1970, seconds (ISO/IEC 14496-12 §8.2.2.3). */
const EPOCH_1904_SEC = 2_082_844_800
const MOST_IN_32_BITS = 2 ** 32 - 1
const UNDETERMINED = 0x55c4
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

/** Where the samples begin in the file, and whether places in it need 64 bits. */
interface Place {
  readonly mediaAt: number
  readonly wide: boolean
}

/**
 * All of the file that lies in front of the samples, `moov` first (fast start): `ftyp`, `moov`, and the header of `mdat`. A file
 * beyond 4 GiB has a `largesize` there and `co64` for its places (§4.2, §8.7.5).
 */
export function buildMovieHead(movie: Movie): Buffer {
  const type = box('ftyp', Buffer.from('mp42'), u32(0), Buffer.from('mp42mp41isomiso2avc1'))
  const sizeOf = (wide: boolean) => type.length + buildMoov(movie, { mediaAt: 0, wide }).length + (wide ? 16 : 8)
  const wide = sizeOf(true) + movie.mediaBytes > MOST_IN_32_BITS
  const moov = buildMoov(movie, { mediaAt: sizeOf(wide), wide })
  return Buffer.concat([type, moov, mediaHeader(movie.mediaBytes, wide)])
}

function mediaHeader(mediaBytes: number, wide: boolean): Buffer {
  const name = Buffer.from('mdat')
  return wide ? Buffer.concat([u32(1), name, u64(mediaBytes + 16)]) : Buffer.concat([u32(mediaBytes + 8), name])
}

function buildMoov(movie: Movie, place: Place): Buffer {
  const duration = sum(movie.picture.durations)
  const times = timesOf(movie)
  const header = fullBox(
    'mvhd',
    0,
    u32(times, times, movie.picture.timescale, duration, 0x10000),
    u16(0x100, 0),
    zeros(8),
    MATRIX,
    zeros(24),
    u32(movie.sound === undefined ? 2 : 3),
  )
  const picture = pictureTrack(movie, { ...place, duration })
  return movie.sound === undefined
    ? box('moov', header, picture)
    : box('moov', header, picture, soundTrack(movie, movie.sound, { ...place, duration }))
}

function pictureTrack(movie: Movie, { duration, ...place }: Place & { readonly duration: number }): Buffer {
  const { picture } = movie
  return box(
    'trak',
    trackHeader(movie, { id: 1, duration, volume: 0, width: picture.width, height: picture.height }),
    editList(duration, 0),
    mediaBox(movie, picture, {
      handler: 'vide',
      name: 'Picture',
      header: fullBox('vmhd', 1, zeros(8)),
      table: sampleTable(picture, { ...place, keys: picture.keys }),
    }),
  )
}

function soundTrack(
  movie: Movie,
  sound: SoundTrack,
  { duration, ...place }: Place & { readonly duration: number },
): Buffer {
  return box(
    'trak',
    trackHeader(movie, { id: 2, duration, volume: 0x100, width: 0, height: 0 }),
    editList(duration, sound.skip),
    mediaBox(movie, sound, {
      handler: 'soun',
      name: 'Sound',
      header: fullBox('smhd', 0, zeros(4)),
      table: sampleTable(sound, { ...place, keys: undefined }),
    }),
  )
}

/** Enabled, and part of the film and of its preview (§8.3.2). */
const TRACK_FLAGS = 7

function trackHeader(
  movie: Movie,
  track: { id: number; duration: number; volume: number; width: number; height: number },
): Buffer {
  const times = timesOf(movie)
  return fullBox(
    'tkhd',
    TRACK_FLAGS,
    u32(times, times, track.id, 0, track.duration),
    zeros(8),
    u16(0, track.volume === 0 ? 0 : 1, track.volume, 0),
    MATRIX,
    u32(track.width * 0x10000, track.height * 0x10000),
  )
}

/** One edit: the track's media from `mediaTime` on, for the film's whole length (§8.6.6). */
function editList(duration: number, mediaTime: number): Buffer {
  return box('edts', fullBox('elst', 0, u32(1, duration, mediaTime, 0x10000)))
}

function mediaBox(
  movie: Movie,
  track: TrackMedia,
  parts: { handler: string; name: string; header: Buffer; table: Buffer },
): Buffer {
  const times = timesOf(movie)
  return box(
    'mdia',
    fullBox('mdhd', 0, u32(times, times, track.timescale, sum(track.durations)), u16(UNDETERMINED, 0)),
    fullBox('hdlr', 0, u32(0), Buffer.from(parts.handler), zeros(12), Buffer.from(`${parts.name}\0`)),
    box('minf', parts.header, box('dinf', fullBox('dref', 0, u32(1), fullBox('url ', 1))), parts.table),
  )
}

function timesOf({ createdAt }: Movie): number {
  return Math.round(createdAt.getTime() / 1000) + EPOCH_1904_SEC
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0)
}
