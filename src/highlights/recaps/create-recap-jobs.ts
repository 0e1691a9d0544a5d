import { AppError, DEFAULT_VIDEO, type RecapJob } from '../../protocol/index.ts'
import type { Clips } from '../clips/clips.ts'
import { deleteFilm, keepRecap } from '../media.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { RecapRecord } from '../record.ts'
import { toRecap } from '../view.ts'
import { wakeWebhooks } from '../write.ts'

type RecapJobs = Pick<Clips, 'beginRecap' | 'finishRecap' | 'failRecap'>

export function createRecapJobs(ports: HighlightsPorts): RecapJobs {
  const { recaps, recordings, highlights, store, observer, clock, publicUrl } = ports

  /** Undefined when there is no such recap. */
  const clipsOf = async (recapId: string): Promise<JobClips | undefined> => {
    const record = await recaps.find(recapId)
    if (record === undefined) return undefined
    const found = await Promise.all(record.highlights.map((id) => highlights.find(id)))
    return found.flatMap((highlight) =>
      highlight === undefined ? [] : [{ highlightId: highlight.id, label: highlight.label, at: highlight.at }],
    )
  }
  const end = async (
    id: string,
    type: 'recap.ready' | 'recap.failed',
    figures: Partial<RecapRecord>,
  ): Promise<RecapRecord | undefined> => {
    let ended: RecapRecord | undefined
    const after = await recaps.update(id, (current) => {
      if (current.state !== 'rendering') return undefined
      const at = clock().toISOString()
      ended = { ...current, ...figures, ...(type === 'recap.ready' && { readyAt: at }) }
      const event = { type, at, recordingId: ended.recordingId, recap: toRecap(ended, publicUrl) }
      return { record: ended, event }
    })
    if (ended !== undefined) {
      observer.recap(ended)
      await wakeWebhooks(ports, ended.recordingId)
    }
    return after
  }

  return {
    async beginRecap({ recordingId, recapId }, surroundings) {
      const clips = await clipsOf(recapId)
      const record = clips && (await recaps.update(recapId, (current) => leaveOut(current, clips)))
      if (record === undefined) await deleteFilm(store, { recordingId, id: recapId })
      if (clips === undefined || record?.state !== 'rendering') return undefined
      if (clips.length === 0) {
        throw new AppError('highlight.not-found', 'Every highlight of the recap was deleted before it was made.')
      }
      const { spec } = await recordings.findAny(recordingId)
      const { width, height, fps } = { ...DEFAULT_VIDEO, ...spec.video }
      const { traceId, title, titles, crossfadeSec } = record
      const video = { width, height, fps }
      return { recapId, recordingId, traceId, title, clips, titles, crossfadeSec, video, ...surroundings }
    },

    async finishRecap(ids, { durationSec, bytes }) {
      const after = await end(ids.recapId, 'recap.ready', { state: 'ready', durationSec, bytes })
      if (after === undefined) await deleteFilm(store, { recordingId: ids.recordingId, id: ids.recapId })
      else if (after.state === 'ready') await keepRecap(ports, after)
    },

    async failRecap({ recapId }, error) {
      await end(recapId, 'recap.failed', { state: 'failed', error })
    },
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
