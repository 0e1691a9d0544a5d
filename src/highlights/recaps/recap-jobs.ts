import { AppError, type ErrorInfo, type RecapJob, type RecapResult, videoSettings } from '../../protocol/index.ts'
import type { ClipperSurroundings } from '../clips/clip-jobs.ts'
import { deleteFilm, keepRecap } from '../media.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { RecapRecord } from '../record.ts'
import { toRecap } from '../view.ts'
import { wakeWebhooks } from '../write.ts'

/** The recording's id finds the film of a recap whose row is gone. */
export interface RecapIds {
  readonly recordingId: string
  readonly recapId: string
}

/** The life of a recap's job: what to render, and what became of it. */
export class RecapJobs {
  readonly #ports: HighlightsPorts

  constructor(ports: HighlightsPorts) {
    this.#ports = ports
  }

  /** Leaves out what was deleted since; the recap says so. Undefined when there is nothing to render (any more). */
  async begin({ recordingId, recapId }: RecapIds, surroundings: ClipperSurroundings): Promise<RecapJob | undefined> {
    const { recaps, recordings, store } = this.#ports
    const clips = await this.#clipsOf(recapId)
    const record = clips && (await recaps.update(recapId, (current) => leaveOut(current, clips)))
    if (record === undefined) await deleteFilm(store, { recordingId, id: recapId })
    if (clips === undefined || record?.state !== 'rendering') return undefined
    if (clips.length === 0) {
      throw new AppError('highlight.not-found', 'Every highlight of the recap was deleted before it was made.')
    }
    const { spec } = await recordings.findAny(recordingId)
    const { width, height, fps } = videoSettings(spec.video)
    const { traceId, title, titles, crossfadeSec } = record
    const video = { width, height, fps }
    return { recapId, recordingId, traceId, title, clips, titles, crossfadeSec, video, ...surroundings }
  }

  /** The film is stored. */
  async finish({ recordingId, recapId }: RecapIds, { durationSec, bytes }: RecapResult): Promise<void> {
    const after = await this.#end(recapId, 'recap.ready', { state: 'ready', durationSec, bytes })
    if (after === undefined) await deleteFilm(this.#ports.store, { recordingId, id: recapId })
    else if (after.state === 'ready') await keepRecap(this.#ports, after)
  }

  /** The film cannot be made, after the last attempt. */
  async fail({ recapId }: RecapIds, error: ErrorInfo): Promise<void> {
    await this.#end(recapId, 'recap.failed', { state: 'failed', error })
  }

  /** Undefined when there is no such recap. */
  async #clipsOf(recapId: string): Promise<JobClips | undefined> {
    const { recaps, highlights } = this.#ports
    const record = await recaps.find(recapId)
    if (record === undefined) return undefined
    const found = await Promise.all(record.highlights.map((id) => highlights.find(id)))
    return found.flatMap((highlight) =>
      highlight === undefined ? [] : [{ highlightId: highlight.id, label: highlight.label, at: highlight.at }],
    )
  }

  async #end(
    id: string,
    type: 'recap.ready' | 'recap.failed',
    change: Partial<RecapRecord>,
  ): Promise<RecapRecord | undefined> {
    const { recaps, clock, publicUrl, observer } = this.#ports
    let ended: RecapRecord | undefined
    const after = await recaps.update(id, (current) => {
      if (current.state !== 'rendering') return undefined
      const at = clock().toISOString()
      ended = { ...current, ...change, ...(type === 'recap.ready' && { readyAt: at }) }
      const event = { type, at, recordingId: ended.recordingId, recap: toRecap(ended, publicUrl) }
      return { record: ended, event }
    })
    if (ended !== undefined) {
      observer.recap(ended)
      await wakeWebhooks(this.#ports, ended.recordingId)
    }
    return after
  }
}

type JobClips = RecapJob['clips']

/** The film has these clips and no others. */
function leaveOut(record: RecapRecord, clips: JobClips): { readonly record: RecapRecord } | undefined {
  const found = new Set(clips.map(({ highlightId }) => highlightId))
  const omitted = record.highlights.filter((id) => !found.has(id))
  if (record.state !== 'rendering' || omitted.length === 0) return undefined
  const highlights = record.highlights.filter((id) => found.has(id))
  return { record: { ...record, highlights, omitted: [...record.omitted, ...omitted] } }
}
