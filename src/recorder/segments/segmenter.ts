import { longestSegmentSec, targetDuration } from '../../playlist/index.ts'
import { AppError, type Packet, type RecorderRequest, toAppError } from '../../protocol/index.ts'
import type { Spool, SpooledSegment } from '../../spool/index.ts'
import { InTurn } from '../../timing/index.ts'
import { muxSegment, parseDecoderConfig } from './mux-segment.ts'
import { type SegmentGroup, SegmentGrouper } from './segment-grouper.ts'
import { TsContinuity } from './ts-continuity.ts'

interface SegmenterOptions {
  readonly request: Pick<RecorderRequest, 'segmentSec' | 'video' | 'take' | 'createdAt'>
  readonly spool: Spool
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  /** Throws `spool.disk-full` when the spool must not take so many bytes more. */
  readonly assertRoom: (bytes: number) => Promise<void>
  readonly onSegment: (segment: SpooledSegment) => void
  /** Called when segments begin to be gaps, until there is room again. */
  readonly onDiskFull: (error: AppError) => void
  readonly onError: (error: AppError) => void
}

export interface Segmenter {
  push(packet: Packet): void
  /** Writes the last segment, short as it may be; resolves when every segment is in the spool. */
  finish(): Promise<void>
}

/** Turns packets into TS files in the spool, in order, one after the other. Media without room becomes a gap. */
export function createSegmenter(options: SegmenterOptions): Segmenter {
  const { segmentSec, video } = options.request
  const longestUs = longestSegmentSec(targetDuration(segmentSec, video.fps)) * 1e6
  const grouper = new SegmentGrouper({ longestUs, frameUs: 1e6 / video.fps })
  let videoConfig: VideoDecoderConfig = { codec: 'avc1.64001f', codedWidth: video.width, codedHeight: video.height }
  let audioConfig: AudioDecoderConfig | undefined
  const clock = new TsContinuity()
  let nextNumber = 0
  let isFull = false
  const writes = new InTurn()

  async function write(group: SegmentGroup): Promise<void> {
    const takeEpochMs = await options.takeEpochMs
    const entry = {
      number: nextNumber++,
      durationSec: group.durationUs / 1e6,
      programDateTimeMs: takeEpochMs + group.startUs / 1000,
      discontinuity: group.discontinuity,
    }
    try {
      await options.assertRoom(bytesOf(group))
      const offsetSec = timestampOffsetSec(options.request, takeEpochMs) - group.pausedUs / 1e6
      if (group.discontinuity) clock.restart()
      const bytes = await muxSegment(group, { video: videoConfig, audio: audioConfig }, { clock, offsetSec })
      const spooled = await options.spool.write(entry, bytes)
      isFull = false
      options.onSegment({ ...spooled, lastFrameAtMs: group.lastFrameAtMs })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'spool.disk-full') throw error
      if (!isFull) options.onDiskFull(error)
      isFull = true
      clock.restart()
      options.onSegment(await options.spool.writeGap(entry))
    }
  }

  function enqueue(groups: readonly SegmentGroup[]): void {
    for (const group of groups) {
      writes.run(() => write(group)).catch((error: unknown) => options.onError(toAppError(error)))
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
      await writes.idle()
    },
  }
}

/**
 * Where a take's media time zero lies in its files. The first take begins at zero; a later one lies behind every earlier
 * one, by the wall clock, so that timestamps grow through the whole recording and no player meets one that goes back. Pauses
 * take no time: the timestamps behind one continue those before it.
 */
function timestampOffsetSec({ take, createdAt }: SegmenterOptions['request'], takeEpochMs: number): number {
  return take === 1 ? 0 : (takeEpochMs - Date.parse(createdAt)) / 1000
}

/** The size of a group's packets; their container adds a few hundredths. */
function bytesOf({ video, audio }: SegmentGroup): number {
  return [...video, ...audio].reduce((sum, { data }) => sum + data.byteLength, 0)
}
