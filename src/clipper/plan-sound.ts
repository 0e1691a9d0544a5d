import { TICKS_PER_SEC } from '../mpegts/index.ts'
import { AAC_SAMPLES } from './ts/demux-segment.ts'

/** What of the clip's time line one run of pictures fills, and all the sound that its segments hold. */
interface SoundRun<T> {
  readonly firstPts: number
  readonly firstFrame: number
  readonly frames: number
  /** In the order of their times. */
  readonly packets: readonly T[]
}

/** A packet that is decoded, and where its samples belong in the clip. */
interface PlacedPacket<T> {
  readonly packet: T
  /** Of its first sample; it may lie in front of the run, whose samples before its start are left out. */
  readonly atSample: number
}

/** The samples of one run, `endSample` not among them, and the packets that they come from. */
export interface SoundStretch<T> {
  readonly startSample: number
  readonly endSample: number
  readonly packets: readonly PlacedPacket<T>[]
}

/**
 * `copy`: the packets as they are, of which `skipSamples` lie in front of the clip's first picture. `encode`: decoded, put
 * together to one piece of `samples` samples, and encoded again.
 */
export type SoundPlan<T> =
  | { readonly kind: 'none' }
  | { readonly kind: 'copy'; readonly packets: readonly T[]; readonly skipSamples: number }
  | { readonly kind: 'encode'; readonly stretches: readonly SoundStretch<T>[]; readonly samples: number }

/** Rounding of timestamps, and no more: two packets this close to each other's border follow each other. */
const ROUNDING_TICKS = 180

/**
 * How the sound is cut: one unbroken run is copied, with one packet in front that the decoder needs to begin with. What has
 * joints, holes, or no sound where the picture begins is encoded again as one piece, silent where nothing was recorded.
 */
export function planSound<T extends { readonly pts: number }>(
  runs: readonly SoundRun<T>[],
  { fps, sampleRate }: { readonly fps: number; readonly sampleRate: number },
): SoundPlan<T> {
  if (runs.every(({ packets }) => packets.length === 0)) return { kind: 'none' }
  const [only] = runs
  const copied = only !== undefined && runs.length === 1 ? copyPackets(only, { fps, sampleRate }) : undefined
  if (copied !== undefined) return copied
  const sampleOf = (frame: number) => Math.round((frame * sampleRate) / fps)
  const stretches = runs.map((run) => ({
    startSample: sampleOf(run.firstFrame),
    endSample: sampleOf(run.firstFrame + run.frames),
    packets: placePackets(run, { startSample: sampleOf(run.firstFrame), sampleRate, fps }),
  }))
  return { kind: 'encode', stretches, samples: stretches.at(-1)?.endSample ?? 0 }
}

type Rates = { readonly fps: number; readonly sampleRate: number }

function copyPackets<T extends { readonly pts: number }>(run: SoundRun<T>, rates: Rates): SoundPlan<T> | undefined {
  const ticks = packetTicks(rates.sampleRate)
  const endPts = run.firstPts + (run.frames * TICKS_PER_SEC) / rates.fps
  const begin = run.packets.findLastIndex(({ pts }) => pts <= run.firstPts + 1)
  const end = run.packets.findIndex(({ pts }, i) => i >= begin && pts + ticks >= endPts)
  const upTo = end === -1 ? run.packets.length : end + 1
  const last = run.packets[upTo - 1]
  if (begin === -1 || last === undefined || last.pts + 2 * ticks < endPts) return undefined
  const follows = (i: number) =>
    Math.abs((run.packets[i]?.pts ?? 0) - (run.packets[i - 1]?.pts ?? 0) - ticks) <= ROUNDING_TICKS
  const from = begin > 0 && follows(begin) ? begin - 1 : begin
  const packets = run.packets.slice(from, upTo)
  if (!packets.every((_, i) => i === 0 || follows(from + i))) return undefined
  const skipTicks = run.firstPts - (packets[0]?.pts ?? 0)
  return { kind: 'copy', packets, skipSamples: Math.max(0, Math.round((skipTicks * rates.sampleRate) / TICKS_PER_SEC)) }
}

/** The packets that sound in the run and the one in front, with which a decoder begins, each at its sample. */
function placePackets<T extends { readonly pts: number }>(
  run: SoundRun<T>,
  { startSample, sampleRate, fps }: Rates & { readonly startSample: number },
): PlacedPacket<T>[] {
  const ticks = packetTicks(sampleRate)
  const endPts = run.firstPts + (run.frames * TICKS_PER_SEC) / fps
  const placed: PlacedPacket<T>[] = []
  for (const packet of run.packets) {
    if (packet.pts + 2 * ticks <= run.firstPts || packet.pts >= endPts) continue
    const exact = startSample + Math.round(((packet.pts - run.firstPts) * sampleRate) / TICKS_PER_SEC)
    const due = (placed.at(-1)?.atSample ?? Number.NEGATIVE_INFINITY) + AAC_SAMPLES
    const follows = Math.abs(exact - due) <= (ROUNDING_TICKS * sampleRate) / TICKS_PER_SEC
    placed.push({ packet, atSample: follows ? due : exact })
  }
  return placed
}

function packetTicks(sampleRate: number): number {
  return (AAC_SAMPLES * TICKS_PER_SEC) / sampleRate
}
