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

export interface SegmentGrouperOptions {
  /** A longer group is a hole in the time line: its duration ends with its last picture, the next is a discontinuity. */
  readonly longestUs: number
  /** The duration of a packet that does not tell its own. */
  readonly frameUs: number
}

export interface SegmentGrouper {
  /** Returns the groups that this packet completed. */
  push(packet: Packet, nowMs: number): SegmentGroup[]
  /** Returns all that is left; nothing may be pushed after it. */
  finish(): SegmentGroup[]
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
 * Cuts the stream of packets at every video packet flagged `cut`. Sound is cut at the same time; it is held until the
 * pictures reach it. Pictures before the first key frame and sound before the first picture are left out. A `pause` ends the
 * group where it says, and no sound of before it comes into the next.
 */
export function createSegmentGrouper(options: SegmentGrouperOptions): SegmentGrouper {
  const closing: OpenGroup[] = []
  let open: OpenGroup | undefined
  let waitingAudio: Packet[] = []
  let firstUs: number | undefined
  let pauseUs: number | undefined
  let pausedUs = 0
  let videoUs = Number.NEGATIVE_INFINITY
  let audioUs = Number.NEGATIVE_INFINITY

  function resume(packet: Packet): OpenGroup {
    pausedUs += packet.timestampUs - (pauseUs ?? packet.timestampUs)
    pauseUs = undefined
    return newGroup(packet, { discontinuity: firstUs !== undefined, pausedUs })
  }

  function pause({ timestampUs }: Packet): SegmentGroup[] {
    pauseUs ??= timestampUs
    if (open !== undefined) {
      close(open, timestampUs, options)
      closing.push(open)
      open = undefined
    }
    placeAudio()
    waitingAudio = []
    return closing.splice(0)
  }

  function pushVideo(packet: Packet, nowMs: number): void {
    if (open === undefined && !packet.key) return
    if (open === undefined) open = resume(packet)
    else if (packet.cut && packet.key) {
      const isHole = close(open, packet.timestampUs, options)
      closing.push(open)
      open = newGroup(packet, { discontinuity: isHole, pausedUs })
    }
    open.video.push(packet)
    open.lastFrameAtMs = nowMs
    videoUs = packet.timestampUs
  }

  function placeAudio(): void {
    const still: Packet[] = []
    for (const packet of waitingAudio) {
      const group = closing.find((candidate) => packet.timestampUs < candidate.endUs) ?? open
      if (group === undefined || (group === open && packet.timestampUs > videoUs)) still.push(packet)
      else group.audio.push(packet)
    }
    waitingAudio = still
  }

  function takeComplete(): SegmentGroup[] {
    const count = closing.findIndex((group) => audioUs < group.endUs && videoUs < group.endUs + AUDIO_WAIT_US)
    return closing.splice(0, count === -1 ? closing.length : count)
  }

  return {
    push(packet, nowMs) {
      if (packet.kind === 'pause') return pause(packet)
      if (packet.kind === 'video') pushVideo(packet, nowMs)
      else if (packet.kind === 'audio') {
        waitingAudio.push(packet)
        audioUs = packet.timestampUs
      }
      firstUs ??= open?.startUs
      if (firstUs !== undefined) {
        const startUs = firstUs
        waitingAudio = waitingAudio.filter((audio) => audio.timestampUs >= startUs)
      }
      placeAudio()
      return takeComplete()
    },
    finish() {
      const last = open?.video.at(-1)
      if (open !== undefined && last !== undefined) {
        close(open, last.timestampUs + (last.durationUs || options.frameUs), options)
        closing.push(open)
        open = undefined
      }
      placeAudio()
      return closing.splice(0)
    },
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
