import type { ErrorInfo, Event } from '../../protocol/index.ts'
import { instant } from '../columns.ts'
import { bigserial, index, integer, jsonb, pgTable, sql, text } from '../drizzle.ts'

export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    recordingId: text('recording_id').notNull(),
    /** The webhook's index in the recording's spec. */
    webhook: integer('webhook').notNull(),
    event: jsonb('event').$type<Event>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    lastError: jsonb('last_error').$type<ErrorInfo>(),
    createdAt: instant('created_at').notNull(),
    deliveredAt: instant('delivered_at'),
    givenUpAt: instant('given_up_at'),
  },
  (table) => [
    index('webhook_deliveries_due')
      .on(table.recordingId, table.webhook, table.id)
      .where(sql`delivered_at is null and given_up_at is null`),
  ],
)
