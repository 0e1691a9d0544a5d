import { longestSegmentSec, targetDuration } from '../playlist/index.ts'
import { type AppError, type Packet, type RecorderRequest, toAppError } from '../protocol/index.ts'
import { muxSegment, parseDecoderConfig } from './mux-segment.ts'
import { createSegmentGrouper, type SegmentGroup } from './segment-grouper.ts'
import type { Spool } from './spool.ts'
import { TsClock } from './ts-clock.ts'
import type { SpooledSegment } from './uploader.ts'

export interface SegmenterOptions {
  readonly request: Pick<RecorderRequest, 'segmentSec' | 'video' | 'take' | 'createdAt'>
  readonly spool: Spool
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  readonly onSegment: (segment: SpooledSegment) => void
  readonly onError: (error: AppError) => void
}

export interface Segmenter {
  push(packet: Packet): void
  /** Writes the last segment, short as it may be; resolves when every segment is in the spool. */
  finish(): Promise<void>
}

/** Turns packets into TS files in the spool, in order, one after the other. */
export function createSegmenter(options: SegmenterOptions): Segmenter {
  const { segmentSec, video } = options.request
  const longestUs = longestSegmentSec(targetDuration(segmentSec, video.fps)) * 1e6
  const grouper = createSegmentGrouper({ longestUs, frameUs: 1e6 / video.fps })
  let videoConfig: VideoDecoderConfig = { codec: 'avc1.64001f', codedWidth: video.width, codedHeight: video.height }
  let audioConfig: AudioDecoderConfig | undefined
  const clock = new TsClock()
  let written = 0
  let work = Promise.resolve()

  async function write(group: SegmentGroup): Promise<void> {
    const takeEpochMs = await options.takeEpochMs
    const offsetSec = timestampOffsetSec(options.request, takeEpochMs)
    const bytes = await muxSegment(group, { video: videoConfig, audio: audioConfig }, { clock, offsetSec })
    const path = await options.spool.writeSegment(`${written}.ts`, bytes)
    written += 1
    options.onSegment({
      path,
      bytes: bytes.byteLength,
      durationSec: group.durationUs / 1e6,
      programDateTimeMs: takeEpochMs + group.startUs / 1000,
      discontinuity: group.discontinuity,
      lastFrameAtMs: group.lastFrameAtMs,
    })
  }

  function enqueue(groups: readonly SegmentGroup[]): void {
    for (const group of groups) {
      work = work.then(() => write(group)).catch((error: unknown) => options.onError(toAppError(error)))
    }
  }

  return {
    push(packet) {
      if (packet.kind === 'video-config')
        videoConfig = { ...videoConfig, ...parseDecoderConfig<VideoDecoderConfig>(packet.data) }
      else if (packet.kind === 'audio-config') audioConfig = parseDecoderConfig<AudioDecoderConfig>(packet.data)
      else enqueue(grouper.push(packet, performance.now()))
    },
    async finish() {
      enqueue(grouper.finish())
      await work
    },
  }
}

/**
 * Where a take's media time zero lies in its files. The first take begins at zero; a later one lies behind every earlier
 * one, by the wall clock, so that timestamps grow through the whole recording and no player meets one that goes back.
 */
function timestampOffsetSec({ take, createdAt }: SegmenterOptions['request'], takeEpochMs: number): number {
  return take === 1 ? 0 : (takeEpochMs - Date.parse(createdAt)) / 1000
}
