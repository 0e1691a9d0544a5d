import { AppError, DEFAULT_VIDEO, type RecapJob } from '../protocol/index.ts'
import type { Clips } from './clips.ts'
import type { HighlightsPorts } from './ports.ts'
import type { RecapRecord } from './record.ts'
import { toRecap } from './view.ts'
import { wakeWebhooks } from './write.ts'

type RecapJobs = Pick<Clips, 'beginRecap' | 'finishRecap' | 'failRecap'>

export function createRecapJobs(ports: HighlightsPorts): RecapJobs {
  const { recaps, recordings, highlights, observer, clock, publicUrl } = ports

  const end = async (
    id: string,
    type: 'recap.ready' | 'recap.failed',
    figures: Partial<RecapRecord>,
  ): Promise<void> => {
    let ended: RecapRecord | undefined
    await recaps.update(id, (current) => {
      if (current.state !== 'rendering') return undefined
      const at = clock().toISOString()
      ended = { ...current, ...figures, ...(type === 'recap.ready' && { readyAt: at }) }
      const event = { type, at, recordingId: ended.recordingId, recap: toRecap(ended, publicUrl) }
      return { record: ended, event }
    })
    if (ended === undefined) return
    observer.recap(ended)
    await wakeWebhooks(ports, ended.recordingId)
  }

  return {
    async beginRecap(recapId, surroundings) {
      const record = await recaps.find(recapId)
      if (record?.state !== 'rendering') return undefined
      const { recordingId, traceId, title, titles, crossfadeSec } = record
      const { spec } = await recordings.find(recordingId)
      const { width, height, fps } = { ...DEFAULT_VIDEO, ...spec.video }
      const clips: RecapJob['clips'][number][] = []
      for (const highlightId of record.highlights) {
        const highlight = await highlights.find(highlightId)
        if (highlight !== undefined) clips.push({ highlightId, label: highlight.label, at: highlight.at })
      }
      if (clips.length === 0) {
        throw new AppError('highlight.not-found', 'Every highlight of the recap was deleted before it was made.')
      }
      return {
        recapId,
        recordingId,
        traceId,
        title,
        clips,
        titles,
        crossfadeSec,
        video: { width, height, fps },
        ...surroundings,
      }
    },
    finishRecap: (id, { durationSec, bytes }) => end(id, 'recap.ready', { state: 'ready', durationSec, bytes }),
    failRecap: (id, error) => end(id, 'recap.failed', { state: 'failed', error }),
  }
}
