import { decodeAdts, type FfmpegOptions } from '../media/index.ts'
import { TICKS_PER_SEC } from '../mpegts/index.ts'
import { encodeSound } from './encode-sound.ts'
import { mixStretches } from './mix-sound.ts'
import type { Sample } from './movie-file.ts'
import { noSound } from './pcm-reader.ts'
import type { ClipPlan } from './plan-cut.ts'
import { planSound, type SoundPlan } from './plan-sound.ts'
import type { CachedSegment } from './segment-cache.ts'
import type { SoundFormat } from './ts/adts.ts'
import { AAC_SAMPLES, type SegmentSound } from './ts/demux-segment.ts'

/** The sound of a clip as samples, of which the first `skip` values of its clock are decoded and not heard. */
interface CutSound {
  readonly format: SoundFormat
  readonly samples: readonly Sample[]
  readonly skip: number
}

interface Packet {
  readonly pts: number
  readonly size: number
  readonly format: SoundFormat
  read(): Promise<SegmentSound | undefined>
}

/** The segments around the listed ones, as far as sound of the clip may lie in them. */
export interface Neighbours {
  readonly before: CachedSegment | undefined
  readonly after: CachedSegment | undefined
}

/** Undefined when the clip has no sound. */
export async function cutSound(
  plan: ClipPlan,
  { segments, before, after }: Neighbours & { readonly segments: readonly CachedSegment[] },
  options: FfmpegOptions & { readonly fps: number },
): Promise<CutSound | undefined> {
  const format = segments.find(({ sound }) => sound.length > 0)?.sound[0]?.format
  if (format === undefined) return undefined
  const runs = plan.runs.map((run, i) => {
    const own = run.segments.flatMap((index) => segments[index] ?? [])
    const front = i === 0 ? before : segments[(run.segments[0] ?? 0) - 1]
    const back = i === plan.runs.length - 1 ? after : segments[(run.segments.at(-1) ?? 0) + 1]
    // A packet lies in the segment in which it begins, also behind a hole of the pictures, or in the next one if it came too
    // late for that; another take has another clock.
    const all = [front, ...own, back].filter((segment) => segment !== undefined && segment.take === own[0]?.take)
    return { ...run, packets: all.flatMap((segment) => (segment ? packetsOf(segment, format) : [])) }
  })
  const sound = planSound(runs, { fps: options.fps, sampleRate: format.sampleRate })
  switch (sound.kind) {
    case 'none':
      return undefined
    case 'copy':
      return { format, skip: sound.skipSamples, samples: sound.packets.map(copied) }
    case 'encode':
      return {
        format: { ...format, objectType: AAC_LC },
        skip: AAC_SAMPLES,
        samples: await encode(sound, format, options),
      }
  }
}

const AAC_LC = 2

/** True when the clip's first sound, or the packet that its decoder needs before it, lies in the segment before. */
export function reachesBack(plan: ClipPlan, segments: readonly CachedSegment[]): boolean {
  const [first] = plan.pictures
  const sound = segments[first?.segment ?? 0]?.sound ?? []
  const startPts = plan.runs[0]?.firstPts ?? 0
  return sound.length > 0 && (sound[1]?.pts ?? Number.POSITIVE_INFINITY) > startPts
}

/** True when sound of the clip's last pictures was stored behind them: it came when their segment was closed already. */
export function reachesOn(plan: ClipPlan, segments: readonly CachedSegment[], fps: number): boolean {
  const run = plan.runs.at(-1)
  const sound = segments[run?.segments.at(-1) ?? 0]?.sound ?? []
  const last = sound.at(-1)
  if (run === undefined || last === undefined) return segments.some((segment) => segment.sound.length > 0)
  const endPts = run.firstPts + (run.frames * TICKS_PER_SEC) / fps
  return last.pts + (AAC_SAMPLES * TICKS_PER_SEC) / last.format.sampleRate < endPts
}

function packetsOf(segment: CachedSegment, format: SoundFormat): Packet[] {
  return segment.sound.flatMap((packet, i) => {
    const same = packet.format.sampleRate === format.sampleRate && packet.format.channels === format.channels
    return same ? [{ ...packet, read: async () => (await segment.media()).sound[i] }] : []
  })
}

function copied(packet: Packet): Sample {
  return {
    size: packet.size,
    units: async () => {
      const found = await packet.read()
      return found === undefined ? [] : [found.data]
    },
  }
}

async function encode(
  plan: Extract<SoundPlan<Packet>, { kind: 'encode' }>,
  shape: SoundFormat,
  options: FfmpegOptions,
): Promise<Sample[]> {
  const packets = plan.stretches.flatMap((stretch) => stretch.packets.map(({ packet }) => packet))
  const decoded = packets.length === 0 ? noSound() : decodeAdts(adtsOf(packets), shape, options)
  return await encodeSound(mixStretches(plan.stretches, decoded, shape), { ...shape, samples: plan.samples }, options)
}

async function* adtsOf(packets: readonly Packet[]): AsyncGenerator<Uint8Array> {
  for (const packet of packets) {
    const found = await packet.read()
    if (found !== undefined) yield found.frame
  }
}
