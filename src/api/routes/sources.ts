import { ProblemSchema, SourcePatchSchema, SourceSchema, SourceSpecSchema } from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import { NoContentSchema, RecordingParameters, recordingIdOf, SourceParameters, sourceIdOf } from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const tags = ['sources']

/** `/v1/recordings/:id/sources`: change what is shown while the recording runs. */
export function sourceRoutes(app: Scope, options: RouteOptions): void {
  addRoute(app, options)
  changeRoute(app, options)
  removeRoute(app, options)
}

function addRoute(app: Scope, { deps: { recordings, idempotency } }: RouteOptions): void {
  app.post(
    '/v1/recordings/:id/sources',
    {
      schema: {
        tags,
        summary: 'Add a source',
        params: RecordingParameters,
        body: SourceSpecSchema,
        response: { 201: SourceSchema, default: ProblemSchema },
      },
    },
    async (request, reply) =>
      answerOnce(idempotency, { request, reply, status: 201 }, (once) =>
        recordings.addSource(recordingIdOf(request.params), request.body, once),
      ),
  )
}

function changeRoute(app: Scope, { deps: { recordings } }: RouteOptions): void {
  app.patch(
    '/v1/recordings/:id/sources/:sourceId',
    {
      schema: {
        tags,
        summary: 'Mute, relabel or recast a source',
        params: SourceParameters,
        body: SourcePatchSchema,
        response: { 200: SourceSchema, default: ProblemSchema },
      },
    },
    async ({ params, body }) => recordings.updateSource(recordingIdOf(params), sourceIdOf(params), body),
  )
}

function removeRoute(app: Scope, { deps: { recordings } }: RouteOptions): void {
  app.delete(
    '/v1/recordings/:id/sources/:sourceId',
    {
      schema: {
        tags,
        summary: 'Remove a source',
        params: SourceParameters,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async ({ params }, reply) => {
      await recordings.removeSource(recordingIdOf(params), sourceIdOf(params))
      return reply.code(204).send(undefined)
    },
  )
}
