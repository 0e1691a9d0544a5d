import { type Fact, type Outcome, toChange } from './changes.ts'
import type { Clock, RecordingRepository, WebhookQueue } from './ports.ts'
import type { RecordingRecord } from './record.ts'

export interface WriterPorts {
  readonly repository: RecordingRepository
  readonly webhookQueue: WebhookQueue
  readonly clock: Clock
  /** The prefix of links; null for links without a host. */
  readonly publicUrl: string | null
}

/** What webhooks are told. */
const WAKING: ReadonlySet<Fact['type']> = new Set(['recording.state', 'recording.warning', 'source.state'])

/** Writes changes of recordings with their events, and wakes what is due for the webhooks. */
export interface RecordingWriter {
  insert(outcome: Outcome): Promise<void>
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
      await repository.insert(toChange(outcome, clock(), publicUrl))
      await wakeWebhooks(outcome)
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
