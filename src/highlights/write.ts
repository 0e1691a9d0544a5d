import type { EventType } from '../protocol/index.ts'
import { type EventDraft, ignoreDeleted } from '../recording/index.ts'
import type { HighlightChange, HighlightsPorts } from './ports.ts'
import type { HighlightRecord } from './record.ts'
import { toHighlight } from './view.ts'

type HighlightEventType = Extract<EventType, `highlight.${string}`>

/** A highlight after a change, and the event of it. */
export interface HighlightOutcome {
  readonly record: HighlightRecord
  readonly event: Exclude<HighlightEventType, 'highlight.deleted'>
}

/** Writes changes of highlights with their events, and wakes what is due for the webhooks. */
export interface HighlightWriter {
  insert(outcome: HighlightOutcome): Promise<{ readonly record: HighlightRecord; readonly fresh: boolean }>
  /** `decide` is pure; undefined writes nothing. Undefined when there is no such highlight. */
  change(
    id: string,
    decide: (record: HighlightRecord, now: Date) => HighlightOutcome | undefined,
  ): Promise<HighlightRecord | undefined>
  delete(id: string): Promise<HighlightRecord | undefined>
}

export function createHighlightWriter(ports: HighlightsPorts): HighlightWriter {
  const { highlights, clock, publicUrl } = ports
  const toChange = ({ record, event }: HighlightOutcome): HighlightChange => {
    const head = { at: clock().toISOString(), recordingId: record.recordingId }
    return { record, events: [{ ...head, type: event, highlight: toHighlight(record, publicUrl) }] }
  }
  return {
    insert: (outcome) => highlights.insert(toChange(outcome)),
    async change(id, decide) {
      let outcome: HighlightOutcome | undefined
      const record = await highlights.update(id, (before) => {
        outcome = decide(before, clock())
        return outcome && toChange(outcome)
      })
      if (outcome?.event === 'highlight.ready' || outcome?.event === 'highlight.failed') {
        await wakeWebhooks(ports, outcome.record.recordingId)
      }
      return record
    },
    delete(id) {
      return highlights.delete(id, ({ recordingId }): EventDraft => {
        return { at: clock().toISOString(), recordingId, type: 'highlight.deleted', highlightId: id }
      })
    },
  }
}

/** Starts the delivery of a recording's due webhooks now; without it they wait for the next sweep. */
export async function wakeWebhooks({ recordings, webhookQueue }: HighlightsPorts, recordingId: string): Promise<void> {
  const recording = await recordings.findAny(recordingId).catch(ignoreDeleted)
  await Promise.all((recording?.spec.webhooks ?? []).map((_, webhook) => webhookQueue.enqueue(recordingId, webhook)))
}
