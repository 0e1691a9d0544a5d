import type { MediaKind, Sample, StreamConfig } from '../../../recorder-page/sources/decode/sample.ts'
import { SampleQueue } from '../../../recorder-page/sources/decode/sample-queue.ts'

const CONFIGS: Readonly<Record<MediaKind, StreamConfig>> = {
  video: { kind: 'video', key: 'a', decoder: { codec: 'avc1.42c01e' } },
  audio: { kind: 'audio', key: 'b', decoder: { codec: 'mp4a.40.2', sampleRate: 48000, numberOfChannels: 2 } },
}

interface StreamShape {
  readonly kind?: MediaKind
  readonly fromSec?: number
  readonly durationSec?: number
  readonly samples?: number
  /** A key frame every so many. */
  readonly keyEvery?: number
}

/** Samples of equal length, one after the other. */
export function stream({
  kind = 'video',
  fromSec = 0,
  durationSec = 0.04,
  samples = 100,
  keyEvery = 25,
}: StreamShape): Sample[] {
  return Array.from({ length: samples }, (_, i) => ({
    config: CONFIGS[kind],
    dtsSec: fromSec + i * durationSec,
    ptsSec: fromSec + i * durationSec,
    durationSec,
    isKey: kind === 'audio' || i % keyEvery === 0,
    data: new Uint8Array(),
    origin: { stretch: 0, shiftSec: 0 },
  }))
}

export function queueOf(...streams: readonly (readonly Sample[])[]): SampleQueue {
  const queue = new SampleQueue()
  for (const samples of streams) queue.append(samples)
  return queue
}
