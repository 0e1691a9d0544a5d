import { ProblemSchema, ScheduleListSchema, ScheduleRequestSchema, ScheduleSchema } from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import { NoContentSchema, PageParameters, pageQueryOf, ScheduleParameters, scheduleIdOf } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['schedules']

/** `/v1/schedules`: recordings that are started again and again. */
export function scheduleRoutes(app: Scope, options: RouteOptions): void {
  createRoute(app, options)
  listRoute(app, options)
  deleteRoute(app, options)
}

function createRoute(app: Scope, { deps: { schedules, idempotency } }: RouteOptions): void {
  app.post(
    '/v1/schedules',
    {
      schema: {
        tags,
        summary: 'Start a recording again and again',
        description: '`cron` has five fields, and holds in `timeZone`.',
        body: ScheduleRequestSchema,
        response: { 201: ScheduleSchema, default: ProblemSchema },
      },
    },
    async (request, reply) =>
      answerOnce(idempotency, { request, reply, status: 201 }, (once) => schedules.create(request.body, once)),
  )
}

function listRoute(app: Scope, { deps: { schedules } }: RouteOptions): void {
  app.get(
    '/v1/schedules',
    {
      schema: {
        tags,
        summary: 'List schedules, newest first',
        querystring: PageParameters,
        response: { 200: ScheduleListSchema, default: ProblemSchema },
      },
    },
    async ({ query }) => schedules.list(pageQueryOf(query)),
  )
}

function deleteRoute(app: Scope, { deps: { schedules } }: RouteOptions): void {
  app.delete(
    '/v1/schedules/:id',
    {
      schema: {
        tags,
        summary: 'Delete a schedule',
        description: 'Recordings that it has started go on.',
        params: ScheduleParameters,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async (request, reply) => {
      await schedules.delete(scheduleIdOf(request.params))
      return reply.code(204).send(undefined)
    },
  )
}
