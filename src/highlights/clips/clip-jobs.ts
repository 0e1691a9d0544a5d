import { type ClipRequest, type ClipResult, type ErrorInfo, videoSettings } from '../../protocol/index.ts'
import { deleteMedia, keepManifest, storeManifest } from '../media.ts'
import { msSince } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import { type HighlightRecord, instant, msOf } from '../record.ts'
import { createHighlightWriter, type HighlightWriter } from '../write.ts'

/** The settings of the machine that cuts. */
export type ClipperSurroundings = Pick<ClipRequest, 'store' | 'ffmpegPath' | 'logLevel'>

/** The recording's id finds the media of a highlight whose row is gone. */
export interface HighlightIds {
  readonly recordingId: string
  readonly highlightId: string
}

/** The life of a clip's job: what to cut, and what became of it. */
export class ClipJobs {
  readonly #ports: HighlightsPorts
  readonly #writer: HighlightWriter

  constructor(ports: HighlightsPorts) {
    this.#ports = ports
    this.#writer = createHighlightWriter(ports)
  }

  /** Undefined when there is nothing to cut (any more). */
  async begin(ids: HighlightIds, surroundings: ClipperSurroundings): Promise<ClipRequest | undefined> {
    const { highlights, recordings, store } = this.#ports
    const { recordingId, highlightId } = ids
    const record = await highlights.find(highlightId)
    if (record === undefined) {
      await deleteMedia(store, mediaOf(ids))
      return undefined
    }
    if (record.state !== 'cutting' || record.segments === null) return undefined
    const { spec } = await recordings.findAny(recordingId)
    const { width, height, fps } = videoSettings(spec.video)
    return {
      highlightId,
      recordingId,
      traceId: record.traceId,
      atMs: msOf(record.at),
      fromMs: msOf(record.from),
      toMs: msOf(record.to),
      segments: record.segments,
      video: { width, height, fps },
      ...surroundings,
    }
  }

  /** The clip is stored and verified. */
  async finish(ids: HighlightIds, result: ClipResult): Promise<void> {
    const { highlights, store, observer, clock } = this.#ports
    const before = await highlights.find(ids.highlightId)
    if (before?.state === 'cutting') await storeManifest(store, withClip(before, result, clock()))
    let ready: HighlightRecord | undefined
    await this.#writer.change(ids.highlightId, (current, now) => {
      if (current.state !== 'cutting') return undefined
      ready = withClip(current, result, now)
      return { record: ready, event: 'highlight.ready' }
    })
    // It may have been renamed, or deleted, since it was stored.
    await keepManifest(this.#ports, mediaOf(ids))
    if (ready !== undefined) observer.ready(ready, msSince(ready, clock()))
  }

  /** The clip cannot be made, after the last attempt. */
  async fail({ highlightId }: HighlightIds, error: ErrorInfo): Promise<void> {
    let failed: HighlightRecord | undefined
    await this.#writer.change(highlightId, (current) => {
      if (current.state !== 'cutting') return undefined
      failed = { ...current, state: 'failed', error }
      return { record: failed, event: 'highlight.failed' }
    })
    if (failed !== undefined) this.#ports.observer.failed(failed)
  }
}

function withClip(record: HighlightRecord, result: ClipResult, now: Date): HighlightRecord {
  return {
    ...record,
    state: 'ready',
    from: instant(result.firstMs),
    to: instant(result.endMs),
    durationSec: result.durationSec,
    bytes: result.bytes,
    readyAt: now.toISOString(),
  }
}

const mediaOf = ({ recordingId, highlightId }: HighlightIds) => ({ recordingId, id: highlightId })
