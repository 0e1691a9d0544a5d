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

/** Turns packets into TS files in the spool, in order, one after the other. Media without room becomes a gap. */
export class Segmenter {
  readonly #options: SegmenterOptions
  readonly #grouper: SegmentGrouper
  readonly #clock = new TsContinuity()
  readonly #writes = new InTurn()
  #videoConfig: VideoDecoderConfig
  #audioConfig: AudioDecoderConfig | undefined
  #nextNumber = 0
  #isFull = false

  constructor(options: SegmenterOptions) {
    const { segmentSec, video } = options.request
    const longestUs = longestSegmentSec(targetDuration(segmentSec, video.fps)) * 1e6
    this.#options = options
    this.#grouper = new SegmentGrouper({ longestUs, frameUs: 1e6 / video.fps })
    this.#videoConfig = { codec: 'avc1.64001f', codedWidth: video.width, codedHeight: video.height }
  }

  push(packet: Packet): void {
    if (packet.kind === 'video-config')
      this.#videoConfig = { ...this.#videoConfig, ...parseDecoderConfig<VideoDecoderConfig>(packet.data) }
    else if (packet.kind === 'audio-config') this.#audioConfig = parseDecoderConfig<AudioDecoderConfig>(packet.data)
    else this.#enqueue(this.#grouper.push(packet, performance.now()))
  }

  /** Writes the last segment, short as it may be; resolves when every segment is in the spool. */
  async finish(): Promise<void> {
    this.#enqueue(this.#grouper.finish())
    await this.#writes.ended()
  }

  #enqueue(groups: readonly SegmentGroup[]): void {
    for (const group of groups) {
      this.#writes.run(() => this.#write(group)).catch((error: unknown) => this.#options.onError(toAppError(error)))
    }
  }

  async #write(group: SegmentGroup): Promise<void> {
    const { takeEpochMs, spool, assertRoom, onSegment } = this.#options
    const epochMs = await takeEpochMs
    const entry = {
      number: this.#nextNumber++,
      durationSec: group.durationUs / 1e6,
      programDateTimeMs: epochMs + group.startUs / 1000,
      discontinuity: group.discontinuity,
    }
    try {
      await assertRoom(bytesOf(group))
      const spooled = await spool.write(entry, await this.#mux(group, epochMs))
      this.#isFull = false
      onSegment({ ...spooled, lastFrameAtMs: group.lastFrameAtMs })
    } catch (error) {
      this.#onWriteFailed(error)
      onSegment(await spool.writeGap(entry))
    }
  }

  async #mux(group: SegmentGroup, epochMs: number): Promise<Uint8Array> {
    const offsetSec = timestampOffsetSec(this.#options.request, epochMs) - group.pausedUs / 1e6
    if (group.discontinuity) this.#clock.restart()
    const configs = { video: this.#videoConfig, audio: this.#audioConfig }
    return await muxSegment(group, configs, { clock: this.#clock, offsetSec })
  }

  /** Throws every error but that of a full disk. */
  #onWriteFailed(error: unknown): void {
    if (!(error instanceof AppError) || error.code !== 'spool.disk-full') throw error
    if (!this.#isFull) this.#options.onDiskFull(error)
    this.#isFull = true
    this.#clock.restart()
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
