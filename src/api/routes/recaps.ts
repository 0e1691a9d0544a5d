import { ProblemSchema, RecapListSchema, RecapRequestSchema, RecapSchema } from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import {
  NoContentSchema,
  PageParameters,
  pageQueryOf,
  RecapParameters,
  RecordingParameters,
  recapIdOf,
  recordingIdOf,
} from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['recaps']

/** `/v1/recaps`: one film of a recording's highlights. */
export function recapRoutes(app: Scope, options: RouteOptions): void {
  renderRoute(app, options)
  listRoute(app, options)
  readRoute(app, options)
  deleteRoute(app, options)
}

function renderRoute(app: Scope, { deps: { highlights, idempotency } }: RouteOptions): void {
  app.post(
    '/v1/recordings/:id/recap',
    {
      schema: {
        tags,
        summary: 'Join highlights into one film',
        description: 'Answers at once, in state `rendering`; `recap.ready` or `recap.failed` comes as an event.',
        params: RecordingParameters,
        body: RecapRequestSchema,
        response: { 201: RecapSchema, default: ProblemSchema },
      },
    },
    async (request, reply) =>
      answerOnce(idempotency, { request, reply, status: 201 }, async (once) => {
        const recap = await highlights.recap(recordingIdOf(request.params), request.body, once)
        reply.header('location', `/v1/recaps/${recap.id}`)
        return recap
      }),
  )
}

function listRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.get(
    '/v1/recordings/:id/recaps',
    {
      schema: {
        tags,
        summary: 'List the recaps of a recording, newest first',
        params: RecordingParameters,
        querystring: PageParameters,
        response: { 200: RecapListSchema, default: ProblemSchema },
      },
    },
    async ({ params, query }) => highlights.recaps(recordingIdOf(params), pageQueryOf(query)),
  )
}

function readRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.get(
    '/v1/recaps/:id',
    {
      schema: {
        tags,
        summary: 'Read a recap',
        params: RecapParameters,
        response: { 200: RecapSchema, default: ProblemSchema },
      },
    },
    async ({ params }) => highlights.getRecap(recapIdOf(params)),
  )
}

function deleteRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.delete(
    '/v1/recaps/:id',
    {
      schema: {
        tags,
        summary: 'Delete a recap and its film',
        params: RecapParameters,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async ({ params }, reply) => {
      await highlights.deleteRecap(recapIdOf(params))
      return reply.code(204).send(undefined)
    },
  )
}
