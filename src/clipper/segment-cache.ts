import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSegmentName, segmentName } from '../archive/keys.ts'
import { TICKS_PER_SEC } from '../mpegts/index.ts'
import { AppError, type ClipRequest, type ClipSegment } from '../protocol/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { sampleSize } from './h264/nal-units.ts'
import type { ParameterSets } from './h264/set-table.ts'
import type { PlanSegment } from './plan-cut.ts'
import type { SoundFormat } from './ts/adts.ts'
import { demuxSegment, type SegmentMedia } from './ts/demux-segment.ts'

/** A segment that was read: its samples, and its media on demand. */
export interface CachedSegment extends PlanSegment {
  /** Size of each picture as a sample of MP4, bytes. */
  readonly sizes: readonly number[]
  readonly sound: readonly { readonly pts: number; readonly size: number; readonly format: SoundFormat }[]
  media(): Promise<SegmentMedia>
}

interface SegmentCacheOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  /** Segments that do not fit into the memory wait here. */
  readonly folder: string
  readonly signal: AbortSignal
  /** How many bytes of segments are kept in memory. */
  readonly memoryBytes?: number
}

const MEMORY_BYTES = 160 * 2 ** 20
const READ_AT_ONCE = 6

/** Reads segments from the store, several at a time, and caches them in memory and then on the disk. */
export class SegmentCache {
  readonly #options: SegmentCacheOptions
  #kept = 0
  #first: { readonly pts: number; readonly startMs: number } | undefined
  readonly #unpacked: { readonly name: string; readonly media: Promise<SegmentMedia> }[] = []

  constructor(options: SegmentCacheOptions) {
    this.#options = options
  }

  /** In the order of the request. Errors: `highlight.no-media` when one is gone, `clip.wrong-media`, those of the store. */
  async read({ segments }: Pick<ClipRequest, 'segments'>): Promise<CachedSegment[]> {
    const [first, ...rest] = segments
    if (first === undefined) return []
    const read: CachedSegment[] = [await this.#take(first)]
    let next = 0
    const takeRest = async () => {
      for (let i = next++; i < rest.length; i = next++) {
        const listed = rest[i]
        if (listed !== undefined) read[i + 1] = await this.#take(listed)
      }
    }
    await Promise.all(Array.from({ length: Math.min(READ_AT_ONCE, rest.length) }, takeRest))
    return read
  }

  /** The neighbour of this segment in its take, for the sound that lies over the border; undefined when there is none. */
  async readBeside(listed: ClipSegment, side: 'before' | 'after'): Promise<CachedSegment | undefined> {
    const place = parseSegmentName(listed.uri)
    const number = (place?.number ?? 0) + (side === 'before' ? -1 : 1)
    if (place === undefined || number < 0) return undefined
    try {
      return await this.#take({ ...listed, uri: segmentName({ take: place.take, number }) })
    } catch (error) {
      if (error instanceof AppError && error.code === 'highlight.no-media') return undefined
      throw error
    }
  }

  async #take(listed: ClipSegment): Promise<CachedSegment> {
    const bytes = await this.#get(listed.uri)
    // Timestamps begin anew after 26.5 hours: those near the first segment's, by the wall clock, are meant.
    const first = this.#first
    const around = first && first.pts + ((listed.startMs - first.startMs) / 1000) * TICKS_PER_SEC
    const media = demuxSegment(listed.uri, bytes, around)
    this.#first ??= { pts: media.pictures[0]?.pts ?? 0, startMs: listed.startMs }
    const read = await this.#keep(listed.uri, bytes)
    return {
      ...listed,
      pictures: media.pictures.map(({ pts, idr, sets }) => ({ pts, idr, sets: sets && copyOf(sets) })),
      sizes: media.pictures.map(({ units }) => sampleSize(units)),
      sound: media.sound.map(({ pts, data, format }) => ({ pts, size: data.byteLength, format })),
      media: read === undefined ? inMemory(media) : this.#onDisk(listed.uri, read, around),
    }
  }

  /** It never sees the media: a function keeps all that any function of the same scope uses. */
  #onDisk(uri: string, read: () => Promise<Uint8Array>, around: number | undefined): CachedSegment['media'] {
    return () => this.#unpack(uri, async () => demuxSegment(uri, await read(), around))
  }

  async #get(uri: string): Promise<Uint8Array> {
    const { store, recordingId, signal } = this.#options
    try {
      const { body } = await store.get(`${recordingId}/${uri}`, { signal })
      return new Uint8Array(await new Response(body).arrayBuffer())
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof AppError)) {
        throw new AppError('store.unavailable', `Reading \`${uri}\` broke off`, { cause: error })
      }
      if (error.code !== 'store.not-found') throw error
      throw new AppError('highlight.no-media', `The segment \`${uri}\` of the clip is not in the store any more`, {
        received: uri,
        cause: error,
      })
    }
  }

  /** Puts the bytes into a file when the memory is full; returns how to get them back, undefined when they are kept. */
  async #keep(uri: string, bytes: Uint8Array): Promise<(() => Promise<Uint8Array>) | undefined> {
    this.#kept += bytes.byteLength
    if (this.#kept <= (this.#options.memoryBytes ?? MEMORY_BYTES)) return undefined
    this.#kept -= bytes.byteLength
    const path = join(this.#options.folder, uri.replaceAll('/', '-'))
    await writeFile(path, bytes)
    return () => readFile(path)
  }

  /** The few segments in use stay unpacked: samples of neighbours are wanted in turn. */
  #unpack(name: string, load: () => Promise<SegmentMedia>): Promise<SegmentMedia> {
    const known = this.#unpacked.find((entry) => entry.name === name)
    if (known !== undefined) return known.media
    const media = load()
    this.#unpacked.push({ name, media })
    if (this.#unpacked.length > 3) this.#unpacked.shift()
    return media
  }
}

function inMemory(media: SegmentMedia): CachedSegment['media'] {
  return async () => media
}

/** A view of the sets would keep all bytes of the segment. */
function copyOf({ sps, pps }: ParameterSets): ParameterSets {
  return { sps: sps.map((set) => new Uint8Array(set)), pps: pps.map((set) => new Uint8Array(set)) }
}
