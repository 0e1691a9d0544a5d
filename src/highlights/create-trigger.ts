import { type HighlightTrigger, toAppError } from '../protocol/index.ts'
import { isFinal, type RecordingRecord } from '../recording/index.ts'
import { keepMedia } from './clips/keep-media.ts'
import { requestCuts } from './clips/request-cuts.ts'
import type { TriggerOrigin } from './highlights.ts'
import { Planner } from './planner.ts'
import type { HighlightsPorts, StoredIndex } from './ports.ts'
import { buildHighlight, type HighlightRecord, msOf } from './record.ts'
import type { HighlightWriter } from './write.ts'

/** `Highlights.trigger`, with what of the highlight only the service knows. */
export function createTrigger(ports: HighlightsPorts, writer: HighlightWriter) {
  const { observer, clock } = ports
  const planner = new Planner(ports, writer)
  /** Reports a failure instead of throwing it: the highlight is stored, and the sweep repeats what failed. */
  const attempt = async <T>(what: string, record: HighlightRecord, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work
    } catch (thrown) {
      observer.trouble(toAppError(thrown), what, record)
      return undefined
    }
  }
  /** What is stored for a highlight that is due already; undefined when it waits, be it for a store that is away. */
  const loadIfDue = async (
    asked: HighlightRecord,
    recording: RecordingRecord,
  ): Promise<{ readonly stored: StoredIndex | undefined } | undefined> => {
    const isFromApi = asked.trigger === 'api'
    if (msOf(asked.to) > clock().getTime() && !isFinal(recording.state)) return undefined
    try {
      const stored = await planner.load(recording, [asked])
      if (!planner.isDue(asked, recording, stored)) return undefined
      if (isFromApi) await planner.check(asked, recording, stored)
      return { stored }
    } catch (thrown) {
      const error = toAppError(thrown)
      if (isFromApi && !error.retryable) throw error
      observer.trouble(error, 'a highlight waits, because what is stored could not be read now', asked)
      return undefined
    }
  }

  return async (
    recordingId: string,
    trigger: HighlightTrigger,
    origin: TriggerOrigin = { trigger: 'api' },
  ): Promise<HighlightRecord> => {
    const recording = await ports.recordings.find(recordingId)
    const birth = { ulid: ports.newUlid(), traceId: ports.newTraceId(), now: clock() }
    const asked = buildHighlight(recording, trigger, origin, birth)
    const due = await loadIfDue(asked, recording)
    const { record, fresh } = await writer.insert({ record: asked, event: 'highlight.created' })
    if (!fresh) return record
    if (due !== undefined) {
      const planned = planner.plan(record, recording, due.stored)
      return (await attempt('a highlight could not be planned now', record, planned)) ?? record
    }
    // The recorder has cut already for what it announces.
    const cuts = origin.trigger === 'api' ? requestCuts(ports, recording, record) : Promise.resolve()
    await attempt('the recorder could not be asked for the cuts of a highlight', record, cuts)
    const kept = keepMedia(ports, recording, [record])
    await attempt('what a highlight needs could not be kept now', record, kept)
    return record
  }
}
