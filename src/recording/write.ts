import type { Fact, Outcome } from './changes.ts'
import type { Change, Clock, EventDraft, RecordingRepository, WebhookQueue } from './ports.ts'
import type { RecordingRecord } from './record.ts'
import { toRecording, toSource } from './view.ts'

interface WriterPorts {
  readonly repository: RecordingRepository
  readonly webhookQueue: WebhookQueue
  readonly clock: Clock
  /** The prefix of links; null for links without a host. */
  readonly publicUrl: string | null
}

/** The facts that are delivered to webhooks. */
const WAKING: ReadonlySet<Fact['type']> = new Set(['recording.state', 'recording.warning', 'source.state'])

/** Writes changes of recordings with their events, and wakes what is due for the webhooks. */
export interface RecordingWriter {
  /** False, and nothing is written, where there is one of this id already. */
  insert(outcome: Outcome): Promise<boolean>
  /** `decide` is pure and sees the newest record; undefined writes nothing. */
  change(id: string, decide: (record: RecordingRecord, now: Date) => Outcome | undefined): Promise<RecordingRecord>
}

export function createWriter({ repository, webhookQueue, clock, publicUrl }: WriterPorts): RecordingWriter {
  const wakeWebhooks = async ({ record, facts }: Outcome) => {
    if (!facts.some(({ type }) => WAKING.has(type))) return
    const webhooks = record.spec.webhooks ?? []
    await Promise.all(webhooks.map((_, webhook) => webhookQueue.enqueue(record.id, webhook)))
  }
  return {
    async insert(outcome) {
      const isNew = await repository.insert(toChange(outcome, clock(), publicUrl))
      if (isNew) await wakeWebhooks(outcome)
      return isNew
    },
    async change(id, decide) {
      let outcome: Outcome | undefined
      const record = await repository.update(id, (before) => {
        const now = clock()
        outcome = decide(before, now)
        return outcome && toChange(outcome, now, publicUrl)
      })
      if (outcome !== undefined) await wakeWebhooks(outcome)
      return record
    },
  }
}

/** The outcome as the repository writes it. */
export function toChange({ record, facts }: Outcome, now: Date, publicUrl: string | null): Change {
  const head = { at: now.toISOString(), recordingId: record.id }
  const events = facts.map((fact): EventDraft => {
    switch (fact.type) {
      case 'source.state':
        return { ...head, type: fact.type, source: toSource(fact.source) }
      case 'recording.deleted':
        return { ...head, type: fact.type }
      case 'source.removed':
        return { ...head, type: fact.type, sourceId: fact.sourceId }
      case 'recording.warning':
        return { ...head, ...fact }
      default:
        return { ...head, type: fact.type, recording: toRecording(record, publicUrl) }
    }
  })
  return { record, events }
}
