import Type from 'typebox'
import { AppError, EventSchema, type EventType, ProblemSchema, RecordingIdSchema } from '../../protocol/index.ts'
import { apiError, logError } from '../problems.ts'
import type { RouteOptions, Scope } from '../route-options.ts'
import { HEARTBEAT_MS, streamEvents } from '../sse.ts'

const EVENT_TYPES = EventSchema.anyOf.map((branch): EventType => branch.properties.type.const)
const EventsQuery = Type.Object(
  {
    after: Type.Optional(Type.Integer({ minimum: 0, description: 'as Last-Event-ID' })),
    recording: Type.Optional(RecordingIdSchema),
    type: Type.Optional(Type.Array(Type.Enum(EVENT_TYPES), { description: 'may be repeated' })),
  },
  { additionalProperties: false },
)

/** `/v1/events`: every state change as it happens, and what was missed. */
export function eventRoutes(app: Scope, { deps: { events } }: RouteOptions): void {
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  app.get(
    '/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        summary: 'Follow every state change (server-sent events)',
        description:
          '`Last-Event-ID` or `?after=` resumes after an event; without either, or after one that never was, only new events come.',
        querystring: EventsQuery,
        response: {
          200: { description: 'A stream of events', content: { 'text/event-stream': { schema: EventSchema } } },
          default: ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { recording, type, after } = request.query
      const gone = new AbortController()
      reply.raw.on('close', () => gone.abort())
      const signal = AbortSignal.any([gone.signal, closing.signal])
      // Read before the feed is: what comes in between is behind it.
      const lastId = await events.lastId()
      const afterId = Math.min(lastEventId(request.headers['last-event-id']) ?? after ?? lastId, lastId)
      const feed = events.subscribe({
        signal,
        afterId,
        ...(recording !== undefined && { recordingId: recording }),
        ...(type !== undefined && { types: type }),
      })
      reply.hijack()
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
      })
      await streamEvents(reply.raw, feed, { signal, heartbeatMs: HEARTBEAT_MS, afterId }).catch((error: unknown) =>
        logError(request.log, apiError(error), { path: '/v1/events' }),
      )
    },
  )
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === '') return undefined
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  const allowed = 'the `id` of an event, an integer of at least 0'
  throw new AppError('request.invalid', `The header \`Last-Event-ID\` must be ${allowed}`, {
    field: 'last-event-id',
    received: header,
    allowed,
  })
}
