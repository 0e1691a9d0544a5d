import type { WebhookOutbox } from '../../webhooks/index.ts'
import type { Database } from '../database.ts'
import { and, asc, eq, isNull } from '../drizzle.ts'
import { recordings } from '../recordings/schema.ts'
import { webhookDeliveries } from './schema.ts'

const OPEN = and(isNull(webhookDeliveries.deliveredAt), isNull(webhookDeliveries.givenUpAt))

export function createWebhookOutbox(database: Database): WebhookOutbox {
  const change = async (id: number, set: Partial<typeof webhookDeliveries.$inferInsert>) => {
    await database.run((queries) => queries.update(webhookDeliveries).set(set).where(eq(webhookDeliveries.id, id)))
  }
  return {
    async next(recordingId, webhook) {
      const wanted = and(eq(webhookDeliveries.recordingId, recordingId), eq(webhookDeliveries.webhook, webhook), OPEN)
      const [row] = await database.run((queries) =>
        queries
          .select({ delivery: webhookDeliveries, spec: recordings.spec })
          .from(webhookDeliveries)
          .innerJoin(recordings, eq(recordings.id, webhookDeliveries.recordingId))
          .where(wanted)
          .orderBy(asc(webhookDeliveries.id))
          .limit(1),
      )
      const target = row?.spec.webhooks?.[webhook]
      if (row === undefined || target === undefined) return undefined
      const { id, event, attempts } = row.delivery
      return { id, event, attempts, target }
    },
    delivered: (id, attempts, at) => change(id, { attempts, deliveredAt: at, lastError: null }),
    retryLater: (id, attempts, error) => change(id, { attempts, lastError: error }),
    giveUp: (id, attempts, error, at) => change(id, { attempts, lastError: error, givenUpAt: at }),
    async due() {
      const { recordingId, webhook } = webhookDeliveries
      return await database.run((queries) =>
        queries.selectDistinct({ recordingId, webhook }).from(webhookDeliveries).where(OPEN),
      )
    },
  }
}
