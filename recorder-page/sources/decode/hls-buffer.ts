import Hls, {
  type BufferAppendingData,
  type BufferCodecsData,
  type BufferCreatedData,
  type FragParsedData,
  type HlsConfig,
  type HlsListeners,
  type SourceBufferName,
} from 'hls.js'
import type { DecodedMedia } from './decoded-media.ts'
import type { DecodedPlayer } from './decoded-player.ts'
import { type Mp4Track, parseInitSegment } from './mp4/init-segment.ts'
import { parseMediaSegment } from './mp4/media-segment.ts'
import type { MediaKind, Sample, StreamConfig } from './sample.ts'
import { moved, StretchShifts } from './stretch-shifts.ts'
import type { Ranges } from './time-ranges.ts'

const { Events } = Hls

/** What was played is kept so long, for a seek back by a little. */
const BACK_SEC = 8

const KINDS: Readonly<Record<SourceBufferName, readonly MediaKind[]>> = {
  video: ['video'],
  audio: ['audio'],
  audiovideo: ['video', 'audio'],
}

/** A piece of a fragment, with its own times. */
interface Arrival {
  readonly data: BufferAppendingData
  readonly samples: readonly Sample[]
}

interface HlsStage {
  readonly player: DecodedPlayer
  readonly media: DecodedMedia
  /** A new segment of this length came, and the media ends there. */
  onEdge(edgeSec: number, segmentSec: number): void
  /** The stream has a track of this configuration; undefined for a codec that is not known here. */
  onConfig(config: StreamConfig | undefined): void
}

/** What wants a real element, draws, or is no part of the picture. Holes are left by the player itself. */
const WITHOUT = {
  capLevelController: undefined,
  cmcdController: undefined,
  emeController: undefined,
  fpsController: undefined,
  gapController: undefined,
  id3TrackController: undefined,
  iframeController: undefined,
  interstitialsController: undefined,
  subtitleStreamController: undefined,
  subtitleTrackController: undefined,
  timelineController: undefined,
}

const EXACT: Partial<HlsConfig> = {
  // It runs in a worker already.
  enableWorker: false,
  // Otherwise sound that is off by less than a frame where encoders change is moved to where the sound before it ended: 21 ms.
  maxAudioFramesDrift: 0,
}

/** What makes an hls.js play by decoders of ours: it loads, unpacks, decrypts, selects and recovers as ever. */
export function decodingConfig(stage: HlsStage): Partial<HlsConfig> {
  const replaced = {
    ...WITHOUT,
    bufferController: class extends HlsBuffer {
      constructor(hls: Hls) {
        super(hls, stage)
      }
    },
  }
  return { ...EXACT, ...(replaced as unknown as Partial<HlsConfig>) }
}

/**
 * Takes the place of hls.js' buffer controller: fragments that were to be appended to SourceBuffers go into the queues of a player. It
 * answers every event as the original does, because the other controllers wait for that.
 */
class HlsBuffer {
  readonly #hls: Hls
  readonly #stage: HlsStage
  readonly #off: (() => void)[] = []
  /** BUFFER_CODECS events until all tracks are known: two with alternate sound. */
  #expected = 0
  #codecs = new Map<SourceBufferName, NonNullable<BufferCodecsData[SourceBufferName]>>()
  #tracks = new Map<SourceBufferName, ReadonlyMap<number, Mp4Track>>()
  #ended = new Set<SourceBufferName>()
  #shifts = new StretchShifts()
  /** By fragment or part. */
  #known = new WeakMap<object, ReadonlyMap<MediaKind, number>>()
  /** What was not appended yet: of a fragment sound and picture come apart. */
  #arrived: Arrival[] = []
  #isAttached = false
  #isCreated = false
  #isDestroyed = false
  /** Until all tracks are known nothing is appended, and no fragment is buffered. */
  #held: (() => void)[] = []
  #turns = Promise.resolve()

  constructor(hls: Hls, stage: HlsStage) {
    this.#hls = hls
    this.#stage = stage
    this.#listen()
  }

  hasSourceTypes(): boolean {
    return this.#codecs.size > 0
  }

  transferMedia(): null {
    return null
  }

  get bufferedToEnd(): boolean {
    return this.#isCreated && [...this.#codecs.keys()].every((name) => this.#ended.has(name))
  }

  get sourceBufferTracks(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.#codecs].map(([name, { id, container, codec, levelCodec }]) => [
        name,
        { id, container, codec, levelCodec },
      ]),
    )
  }

  destroy(): void {
    this.#isDestroyed = true
    for (const off of this.#off) off()
    this.#reset()
  }

  #listen(): void {
    this.#on(Events.MEDIA_ATTACHING, () => this.#later(() => this.#attach()))
    this.#on(Events.MEDIA_DETACHING, () => {
      this.#isAttached = false
      this.#reset(0)
    })
    this.#on(Events.MANIFEST_LOADING, () => {
      this.#expected = 0
    })
    this.#on(Events.MANIFEST_PARSED, (_, { audio, video, altAudio }) => {
      this.#expected = (audio && !video) || !altAudio ? 1 : 2
    })
    this.#on(Events.BUFFER_RESET, () => this.#reset())
    this.#on(Events.BUFFER_CODECS, (_, data) => this.#onCodecs(data))
    this.#on(Events.BUFFER_APPENDING, (_, data) => this.#arrive(data))
    this.#on(Events.FRAG_PARSED, (_, data) => this.#whenCreated(() => this.#onParsed(data)))
    this.#on(Events.BUFFER_FLUSHING, (_, { startOffset, endOffset, type }) =>
      this.#later(() => this.#flush(type === null ? [...this.#codecs.keys()] : [type], startOffset, endOffset)),
    )
    this.#on(Events.BUFFER_EOS, (_, { type }) => this.#later(() => this.#end(type)))
    this.#on(Events.LEVEL_UPDATED, (_, { details }) => {
      this.#stage.media.duration = details.live ? Number.POSITIVE_INFINITY : details.edge
    })
  }

  #on<E extends keyof HlsListeners>(event: E, listener: HlsListeners[E]): void {
    this.#hls.on(event, listener)
    this.#off.push(() => this.#hls.off(event, listener))
  }

  /** A SourceBuffer does everything in turn, and nothing at once. */
  #later(work: () => void): void {
    this.#turns = this.#turns.then(() => {
      if (this.#isDestroyed) return
      try {
        work()
      } catch (thrown) {
        this.#fail(thrown)
      }
    })
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const { MEDIA_ERROR: type } = Hls.ErrorTypes
    const { BUFFER_APPEND_ERROR: details } = Hls.ErrorDetails
    this.#hls.trigger(Events.ERROR, { type, details, fatal: true, error, err: error })
  }

  #whenCreated(work: () => void): void {
    if (this.#isCreated) this.#later(work)
    else this.#held.push(work)
  }

  #attach(): void {
    this.#isAttached = true
    this.#hls.trigger(Events.MEDIA_ATTACHED, { media: this.#stage.media.asElement })
    this.#create()
  }

  #onCodecs(data: BufferCodecsData): void {
    const names = (['video', 'audio', 'audiovideo'] as const).filter((name) => data[name] !== undefined)
    const isOtherSet = this.#isCreated && names.some((name) => !this.#codecs.has(name))
    if (isOtherSet) this.#reset()
    for (const name of names) {
      const track = data[name]
      if (track !== undefined) this.#codecs.set(name, track)
      // MP3 comes as it is, without fragments around it.
      if (track?.container === 'audio/mpeg') this.#stage.onConfig(undefined)
    }
    // A playlist without CODECS may promise a picture that its main fragments do not have.
    if (!this.#codecs.has('video') && data.audio?.id === 'main') this.#expected = 1
    data.tracks = this.sourceBufferTracks as NonNullable<BufferCodecsData['tracks']>
    this.#create()
  }

  /** Once the media is attached and all tracks are known. */
  #create(): void {
    if (this.#isCreated || !this.#isAttached || this.#codecs.size === 0) return
    if (this.#codecs.size < this.#expected && !this.#codecs.has('audiovideo')) return
    this.#isCreated = true
    const { player, media } = this.#stage
    player.setKinds(new Set([...this.#codecs.keys()].flatMap((name) => KINDS[name])))
    media.setLoaded()
    const rangesOf = (name: SourceBufferName): Ranges => this.#ranges(name)
    const tracks = Object.fromEntries(
      [...this.#codecs].map(([name, track]) => {
        const buffer = {
          updating: false,
          get buffered() {
            return rangesOf(name)
          },
        }
        return [name, { ...track, buffer }]
      }),
    )
    this.#hls.trigger(Events.BUFFER_CREATED, { tracks: tracks as unknown as BufferCreatedData['tracks'] })
    for (const work of this.#held.splice(0)) this.#later(work)
  }

  #ranges(name: SourceBufferName): Ranges {
    const { queues } = this.#stage.player
    const [first, second] = KINDS[name].map((kind) => queues[kind].ranges)
    if (first === undefined) throw new Error(`There is no kind of media in ${name}`)
    return second === undefined ? first : first.and(second)
  }

  #arrive(data: BufferAppendingData): void {
    try {
      const arrival = { data, samples: this.#parse(data) }
      this.#arrived.push(arrival)
      this.#whenCreated(() => this.#append(arrival))
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #append(arrival: Arrival): void {
    const { data } = arrival
    const { type, frag, part, chunkMeta, parent } = data
    const nowMs = performance.now()
    const stats = chunkMeta.buffering[type]
    stats.start = stats.executeStart = nowMs
    for (const fragment of part === null ? [frag] : [frag, part]) fragment.stats.buffering.start ||= nowMs
    // The picture's playlist is judged first: what came of it may be behind this.
    for (const other of this.#arrived) if (other.data.parent !== 'audio') this.#shiftsOf(other)
    const samples = moved(arrival.samples, this.#shiftsOf(arrival))
    this.#arrived = this.#arrived.filter((other) => other !== arrival)
    const { player } = this.#stage
    this.#ended.delete(type)
    player.setComplete(false)
    for (const kind of KINDS[type]) player.queues[kind].append(samples.filter(({ config }) => config.kind === kind))
    for (const kind of KINDS[type]) player.queues[kind].remove(Number.NEGATIVE_INFINITY, player.clock.sec - BACK_SEC)
    const edgeSec = player.buffered.last
    if (samples.length > 0 && edgeSec !== undefined) this.#stage.onEdge(edgeSec, frag.duration)
    stats.executeEnd = stats.end = performance.now()
    for (const fragment of part === null ? [frag] : [frag, part]) fragment.stats.buffering.first ||= stats.end
    const timeRanges = Object.fromEntries([...this.#codecs.keys()].map((name) => [name, this.#ranges(name)]))
    this.#hls.trigger(Events.BUFFER_APPENDED, { type, frag, part, chunkMeta, parent, timeRanges })
  }

  #parse({ type, data, frag, offset = 0 }: BufferAppendingData): readonly Sample[] {
    const tracks = parseInitSegment(data)
    if (tracks !== undefined) this.#onTracks(type, tracks)
    const known = this.#tracks.get(type) ?? new Map<number, Mp4Track>()
    const place = { offsetSec: offset, origin: { stretch: frag.cc, shiftSec: 0 } }
    return parseMediaSegment(data, known, place).filter(({ config }) => KINDS[type].includes(config.kind))
  }

  /** By how much to move each kind of a fragment; what comes of it later is moved by the same. */
  #shiftsOf({ data: { frag, part } }: Arrival): ReadonlyMap<MediaKind, number> {
    const fragment = part ?? frag
    const known = this.#known.get(fragment) ?? new Map<MediaKind, number>()
    const samples = this.#arrived
      .filter(({ data }) => (data.part ?? data.frag) === fragment)
      .flatMap((arrival) => arrival.samples)
      .filter(({ config }) => !known.has(config.kind))
    if (samples.length === 0 || frag.sn === 'initSegment') return known
    const { start: startSec, duration } = fragment
    const found = this.#shifts.shiftsOf({ sn: frag.sn, startSec, endSec: startSec + duration, samples })
    const shifts = new Map([...known, ...found])
    this.#known.set(fragment, shifts)
    return shifts
  }

  #onTracks(name: SourceBufferName, tracks: ReadonlyMap<number, Mp4Track>): void {
    this.#tracks.set(name, tracks)
    for (const { config } of tracks.values()) this.#stage.onConfig(config)
  }

  #onParsed({ frag, part, chunkMeta }: FragParsedData): void {
    const { stats } = part ?? frag
    frag.stats.buffering.end = stats.buffering.end = performance.now()
    this.#hls.trigger(Events.FRAG_BUFFERED, {
      frag,
      part,
      stats,
      id: frag.type,
      ...(chunkMeta === undefined ? {} : { chunkMeta }),
    })
  }

  #flush(names: readonly SourceBufferName[], start: number, end: number): void {
    for (const type of names) {
      for (const kind of KINDS[type]) this.#stage.player.queues[kind].remove(start, end)
      this.#hls.trigger(Events.BUFFER_FLUSHED, { type, start, end })
    }
  }

  #end(name: SourceBufferName | null): void {
    for (const ended of name === null ? this.#codecs.keys() : [name]) this.#ended.add(ended)
    if (!this.bufferedToEnd) return
    this.#stage.player.setComplete(true)
    this.#hls.trigger(Events.BUFFERED_TO_END, undefined)
  }

  /** An element whose media is taken away goes back to its beginning; one that gets other buffers stays where it is. */
  #reset(toSec = this.#stage.player.clock.sec): void {
    this.#isCreated = false
    this.#held = []
    this.#codecs.clear()
    this.#tracks.clear()
    this.#ended.clear()
    this.#shifts = new StretchShifts()
    this.#known = new WeakMap()
    this.#arrived = []
    this.#stage.player.clear(toSec)
  }
}
