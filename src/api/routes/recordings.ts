import Type from 'typebox'
import {
  LayoutSchema,
  ProblemSchema,
  RECORDING_STATES,
  RecordingListSchema,
  RecordingSchema,
  RecordingSpecSchema,
  RoomNameSchema,
} from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import {
  DEFAULT_LIMIT,
  EmptyBody,
  NoContentSchema,
  PAGE_PARAMETERS,
  RecordingParameters,
  recordingIdOf,
} from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const METADATA_PREFIX = 'metadata.'
const ListQuery = Type.Object(
  {
    ...PAGE_PARAMETERS,
    state: Type.Optional(Type.Array(Type.Enum([...RECORDING_STATES]), { description: 'may be repeated' })),
    room: Type.Optional(RoomNameSchema),
  },
  {
    additionalProperties: false,
    patternProperties: {
      '^metadata\\.[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$': Type.String({ maxLength: 512 }),
    },
  },
)
const DeleteQuery = Type.Object(
  { highlights: Type.Optional(Type.Enum(['keep', 'delete'], { default: 'keep' })) },
  { additionalProperties: false },
)
const tags = ['recordings']

/** `/v1/recordings`: start, list, read, stop, pause, resume, switch the layout. */
export function recordingRoutes(app: Scope, options: RouteOptions): void {
  startRoute(app, options)
  listRoute(app, options)
  readRoute(app, options)
  deleteRoute(app, options)
  stateRoutes(app, options)
  layoutRoute(app, options)
}

function startRoute(app: Scope, { deps: { recordings, idempotency } }: RouteOptions): void {
  app.post(
    '/v1/recordings',
    {
      schema: {
        tags,
        summary: 'Start a recording',
        body: RecordingSpecSchema,
        response: { 201: RecordingSchema, default: ProblemSchema },
      },
    },
    async (request, reply) =>
      answerOnce(idempotency, { request, reply, status: 201 }, async (once) => {
        const recording = await recordings.start(request.body, once)
        reply.header('location', `/v1/recordings/${recording.id}`)
        return recording
      }),
  )
}

function listRoute(app: Scope, { deps: { recordings } }: RouteOptions): void {
  app.get(
    '/v1/recordings',
    {
      schema: {
        tags,
        summary: 'List recordings, newest first',
        description: 'Also takes `metadata.<key>=<value>`; every pair must be equal.',
        querystring: ListQuery,
        response: { 200: RecordingListSchema, default: ProblemSchema },
      },
    },
    async ({ query }) => {
      const metadata = metadataOf(query)
      return recordings.list({
        limit: query.limit ?? DEFAULT_LIMIT,
        ...(query.cursor !== undefined && { cursor: query.cursor }),
        ...(query.state !== undefined && { states: query.state }),
        ...(query.room !== undefined && { room: query.room }),
        ...(Object.keys(metadata).length > 0 && { metadata }),
      })
    },
  )
}

function readRoute(app: Scope, { deps: { recordings } }: RouteOptions): void {
  app.get(
    '/v1/recordings/:id',
    {
      schema: {
        tags,
        summary: 'Read a recording',
        params: RecordingParameters,
        response: { 200: RecordingSchema, default: ProblemSchema },
      },
    },
    async ({ params }) => recordings.get(recordingIdOf(params)),
  )
}

function deleteRoute(app: Scope, { deps: { deletions } }: RouteOptions): void {
  app.delete(
    '/v1/recordings/:id',
    {
      schema: {
        tags,
        summary: 'Delete a recording that has ended',
        description:
          'Its highlights stay unless `highlights=delete`. It is not found any more; its media go soon after.',
        params: RecordingParameters,
        querystring: DeleteQuery,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async ({ params, query }, reply) => {
      await deletions.delete(recordingIdOf(params), query.highlights ?? 'keep')
      return reply.code(204).send(undefined)
    },
  )
}

/** The calls without a body that change a recording's state; each is idempotent. */
const STATE_CHANGES = [
  {
    verb: 'stop',
    summary: 'Stop a recording',
    description: 'Answers when the recorder was told; the end comes as an event. Stopping twice is no error.',
  },
  {
    verb: 'pause',
    summary: 'Pause a recording',
    description:
      'Answers when nothing is recorded any more; sources and room stay joined. Before it runs it is remembered. Pausing twice is no error.',
  },
  {
    verb: 'resume',
    summary: 'Go on with a paused recording',
    description: 'Answers with the first picture. Resuming what is not paused is no error.',
  },
] as const

function stateRoutes(app: Scope, { deps: { recordings, idempotency } }: RouteOptions): void {
  for (const { verb, summary, description } of STATE_CHANGES) {
    app.post(
      `/v1/recordings/:id/${verb}`,
      {
        schema: {
          tags,
          summary,
          description,
          params: RecordingParameters,
          body: EmptyBody,
          response: { 200: RecordingSchema, default: ProblemSchema },
        },
      },
      async (request, reply) =>
        answerOnce(idempotency, { request, reply, status: 200 }, () => recordings[verb](recordingIdOf(request.params))),
    )
  }
}

function layoutRoute(app: Scope, { deps: { recordings } }: RouteOptions): void {
  app.put(
    '/v1/recordings/:id/layout',
    {
      schema: {
        tags,
        summary: 'Switch layout, focus or view, at once',
        params: RecordingParameters,
        body: LayoutSchema,
        response: { 200: RecordingSchema, default: ProblemSchema },
      },
    },
    async ({ params, body }) => recordings.setLayout(recordingIdOf(params), body),
  )
}

function metadataOf(query: object): Record<string, string> {
  const pairs = Object.entries(query).filter(([name]) => name.startsWith(METADATA_PREFIX))
  return Object.fromEntries(pairs.map(([name, value]) => [name.slice(METADATA_PREFIX.length), String(value)]))
}
