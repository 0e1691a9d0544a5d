import type { Packet } from '../../protocol/index.ts'

/** The packets of one segment, complete: its first video packet is a key frame, its audio lies inside its time. */
export interface SegmentGroup {
  readonly startUs: number
  readonly durationUs: number
  readonly discontinuity: boolean
  /** How long the take stood still before it, microseconds. */
  readonly pausedUs: number
  readonly video: readonly Packet[]
  readonly audio: readonly Packet[]
  /** When the last picture arrived, in the clock of the `nowMs` that `push` was given. */
  readonly lastFrameAtMs: number
}

interface SegmentGrouperOptions {
  /** A longer group is a hole in the time line: its duration ends with its last picture, the next is a discontinuity. */
  readonly longestUs: number
  /** The duration of a packet that has none of its own. */
  readonly frameUs: number
}

/** How far pictures may run ahead of the sound before a segment closes without the rest of its sound. */
const AUDIO_WAIT_US = 1_000_000

interface OpenGroup {
  readonly startUs: number
  readonly video: Packet[]
  readonly audio: Packet[]
  readonly discontinuity: boolean
  readonly pausedUs: number
  endUs: number
  durationUs: number
  lastFrameAtMs: number
}

/**
 * Cuts the stream of packets at every video packet flagged `cut`. Sound is cut at the same time; it waits until the
 * pictures reach it. Pictures before the first key frame and sound before the first picture are left out. A `pause` ends the
 * group where it says, and no sound of before it comes into the next.
 */
export class SegmentGrouper {
  readonly #options: SegmentGrouperOptions
  /** Groups whose pictures are complete and whose sound may still come. */
  readonly #closing: OpenGroup[] = []
  #open: OpenGroup | undefined
  #waitingAudio: Packet[] = []
  #firstUs: number | undefined
  #pauseUs: number | undefined
  #pausedUs = 0
  #videoUs = Number.NEGATIVE_INFINITY
  #audioUs = Number.NEGATIVE_INFINITY

  constructor(options: SegmentGrouperOptions) {
    this.#options = options
  }

  /** Returns the groups that this packet completed. */
  push(packet: Packet, nowMs: number): SegmentGroup[] {
    if (packet.kind === 'pause') return this.#pause(packet)
    if (packet.kind === 'video') this.#pushVideo(packet, nowMs)
    else if (packet.kind === 'audio') {
      this.#waitingAudio.push(packet)
      this.#audioUs = packet.timestampUs
    }
    this.#firstUs ??= this.#open?.startUs
    const startUs = this.#firstUs
    if (startUs !== undefined) {
      this.#waitingAudio = this.#waitingAudio.filter((audio) => audio.timestampUs >= startUs)
    }
    this.#placeAudio()
    return this.#takeComplete()
  }

  /** Returns all that is left; nothing may be pushed after it. */
  finish(): SegmentGroup[] {
    const last = this.#open?.video.at(-1)
    if (this.#open !== undefined && last !== undefined) {
      close(this.#open, last.timestampUs + (last.durationUs || this.#options.frameUs), this.#options)
      this.#closing.push(this.#open)
      this.#open = undefined
    }
    this.#placeAudio()
    return this.#closing.splice(0)
  }

  #pause({ timestampUs }: Packet): SegmentGroup[] {
    this.#pauseUs ??= timestampUs
    if (this.#open !== undefined) {
      close(this.#open, timestampUs, this.#options)
      this.#closing.push(this.#open)
      this.#open = undefined
    }
    this.#placeAudio()
    this.#waitingAudio = []
    return this.#closing.splice(0)
  }

  #pushVideo(packet: Packet, nowMs: number): void {
    if (this.#open === undefined && !packet.key) return
    if (this.#open === undefined) this.#open = this.#beginAnew(packet)
    else if (packet.cut && packet.key) {
      const isHole = close(this.#open, packet.timestampUs, this.#options)
      this.#closing.push(this.#open)
      this.#open = newGroup(packet, { discontinuity: isHole, pausedUs: this.#pausedUs })
    }
    this.#open.video.push(packet)
    this.#open.lastFrameAtMs = nowMs
    this.#videoUs = packet.timestampUs
  }

  /** The first group of the take, or the first after a pause. */
  #beginAnew(packet: Packet): OpenGroup {
    this.#pausedUs += packet.timestampUs - (this.#pauseUs ?? packet.timestampUs)
    this.#pauseUs = undefined
    return newGroup(packet, { discontinuity: this.#firstUs !== undefined, pausedUs: this.#pausedUs })
  }

  #placeAudio(): void {
    const still: Packet[] = []
    for (const packet of this.#waitingAudio) {
      const group = this.#closing.find((candidate) => packet.timestampUs < candidate.endUs) ?? this.#open
      if (group === undefined || (group === this.#open && packet.timestampUs > this.#videoUs)) still.push(packet)
      else group.audio.push(packet)
    }
    this.#waitingAudio = still
  }

  #takeComplete(): SegmentGroup[] {
    const count = this.#closing.findIndex(
      (group) => this.#audioUs < group.endUs && this.#videoUs < group.endUs + AUDIO_WAIT_US,
    )
    return this.#closing.splice(0, count === -1 ? this.#closing.length : count)
  }
}

function newGroup(packet: Packet, about: Pick<OpenGroup, 'discontinuity' | 'pausedUs'>): OpenGroup {
  const startUs = packet.timestampUs
  return {
    startUs,
    video: [],
    audio: [],
    ...about,
    endUs: Number.POSITIVE_INFINITY,
    durationUs: 0,
    lastFrameAtMs: 0,
  }
}

/** Sets the group's end; true when the media stopped before it, so that the next group does not continue it. */
function close(group: OpenGroup, endUs: number, options: SegmentGrouperOptions): boolean {
  group.endUs = endUs
  group.durationUs = endUs - group.startUs
  if (group.durationUs <= options.longestUs) return false
  const last = group.video.at(-1)
  const playedUs = last === undefined ? 0 : last.timestampUs + (last.durationUs || options.frameUs) - group.startUs
  group.durationUs = Math.min(playedUs, options.longestUs)
  return true
}
