import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildMovieHead, type Movie } from '../../../src/clipper/mp4/build-movie.ts'
import { interleave } from '../../../src/clipper/mp4/interleave.ts'

/** Every box of a file as `path: content`, read back by the sizes that it states. */
function readBoxes(bytes: Buffer, prefix = ''): Map<string, Buffer> {
  const boxes = new Map<string, Buffer>()
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at)
    const path = `${prefix}/${bytes.toString('latin1', at + 4, at + 8)}`
    const key = boxes.has(path) ? `${path}2` : path
    const content = bytes.subarray(at + 8, at + size)
    boxes.set(key, content)
    if (/\/(moov|trak|mdia|minf|stbl|edts)2?$/.test(key)) {
      for (const [inner, value] of readBoxes(content, key)) boxes.set(inner, value)
    }
    at += Math.max(8, size)
  }
  return boxes
}

const numbers = (bytes: Buffer | undefined, from = 0) =>
  Array.from({ length: Math.floor(((bytes?.length ?? 0) - from) / 4) }, (_, i) => bytes?.readUInt32BE(from + i * 4))

const MOVIE: Movie = {
  createdAt: new Date('2026-11-21T10:00:00Z'),
  mediaBytes: 60,
  picture: {
    timescale: 25_000,
    entry: Buffer.from('picture-entry'),
    durations: [1000, 1000, 3000, 1000],
    sizes: [10, 20, 5, 5],
    chunks: [
      { first: 0, count: 3, offset: 0 },
      { first: 3, count: 1, offset: 45 },
    ],
    keys: [0, 3],
    width: 320,
    height: 180,
  },
  sound: {
    timescale: 48_000,
    entry: Buffer.from('sound-entry'),
    durations: [1024, 1024],
    sizes: [10, 10],
    chunks: [{ first: 0, count: 2, offset: 50 }],
    skip: 1408,
  },
}

describe('the head of a film', () => {
  const head = buildMovieHead(MOVIE)
  const boxes = readBoxes(Buffer.concat([head, Buffer.alloc(60)]))

  it('lies in front of the media, whose places it knows', () => {
    expect([...boxes.keys()].filter((path) => !path.slice(1).includes('/'))).toEqual(['/ftyp', '/moov', '/mdat'])
    expect(boxes.get('/mdat')?.length).toBe(60)
    expect(numbers(boxes.get('/moov/trak/mdia/minf/stbl/stco'), 8)).toEqual([head.length, head.length + 45])
    expect(numbers(boxes.get('/moov/trak2/mdia/minf/stbl/stco'), 8)).toEqual([head.length + 50])
  })

  it('lets the sound begin with the picture by an edit', () => {
    expect(numbers(boxes.get('/moov/trak/edts/elst'), 4)).toEqual([1, 6000, 0, 0x10000])
    expect(numbers(boxes.get('/moov/trak2/edts/elst'), 4)).toEqual([1, 6000, 1408, 0x10000])
  })

  it('keeps a hole as a longer sample, and names the key frames', () => {
    expect(numbers(boxes.get('/moov/trak/mdia/minf/stbl/stts'), 4)).toEqual([3, 2, 1000, 1, 3000, 1, 1000])
    expect(numbers(boxes.get('/moov/trak/mdia/minf/stbl/stss'), 4)).toEqual([2, 1, 4])
    expect(numbers(boxes.get('/moov/trak/mdia/minf/stbl/stsc'), 4)).toEqual([2, 1, 3, 1, 2, 1, 1])
  })

  it('says when the moment was, and no language', () => {
    expect(boxes.get('/moov/mvhd')?.readUInt32BE(4)).toBe(Date.parse('2026-11-21T10:00:00Z') / 1000 + 2_082_844_800)
    expect(boxes.get('/moov/trak/mdia/mdhd')?.readUInt16BE(20)).toBe(0x55c4)
  })
})

describe('the head of a film of more than 4 GiB', () => {
  const GIB = 2 ** 30
  const big = { ...MOVIE, mediaBytes: 5 * GIB }
  const place = (first: number, offset: number) => ({ first, count: 1, offset })
  const head = buildMovieHead({
    ...big,
    picture: { ...MOVIE.picture, chunks: [place(0, 0), place(1, 4.5 * GIB)] },
    sound: MOVIE.sound && { ...MOVIE.sound, chunks: [place(0, 5 * GIB - 10)] },
  })
  const boxes = readBoxes(head)
  const places = (track: string) => {
    const table = boxes.get(`/moov/${track}/mdia/minf/stbl/co64`) ?? Buffer.alloc(8)
    return Array.from({ length: table.readUInt32BE(4) }, (_, i) => Number(table.readBigUInt64BE(8 + i * 8)))
  }

  it('names places and the size of the media with 64 bits', () => {
    expect(places('trak')).toEqual([head.length, head.length + 4.5 * GIB])
    expect(places('trak2')).toEqual([head.length + 5 * GIB - 10])
    expect([...boxes.keys()].filter((path) => path.endsWith('stco'))).toEqual([])
    const header = head.subarray(head.length - 16)
    expect([header.readUInt32BE(0), header.toString('latin1', 4, 8)]).toEqual([1, 'mdat'])
    expect(Number(header.readBigUInt64BE(8))).toBe(5 * GIB + 16)
  })

  it('keeps to 32 bits up to there', () => {
    const most = 2 ** 32 - 1
    for (const [mediaBytes, name] of [
      [most - 10_000, 'stco'],
      [most - 100, 'co64'],
    ] as const) {
      expect(readBoxes(buildMovieHead({ ...MOVIE, mediaBytes })).has(`/moov/trak/mdia/minf/stbl/${name}`)).toBe(true)
    }
  })
})

describe('interleaving', () => {
  it('places every byte of every sample once, in the order of time', () => {
    const track = (timescale: number, duration: number) =>
      fc
        .array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 })
        .map((sizes) => ({ timescale, durations: sizes.map(() => duration), sizes }))
    fc.assert(
      fc.property(track(25_000, 1000), track(48_000, 1024), (picture, sound) => {
        const tracks = [picture, sound]
        let at = 0
        const seen = [0, 0]
        for (const chunk of interleave(tracks)) {
          expect(chunk.offset).toBe(at)
          expect(chunk.first).toBe(seen[chunk.track])
          seen[chunk.track] = chunk.first + chunk.count
          const sizes = tracks[chunk.track]?.sizes.slice(chunk.first, chunk.first + chunk.count) ?? []
          at += sizes.reduce((sum, size) => sum + size, 0)
        }
        expect(seen).toEqual([picture.sizes.length, sound.sizes.length])
      }),
    )
  })
})
