import Type, { type Static } from 'typebox'
import type { HighlightQuery } from '../../highlights/index.ts'
import {
  HIGHLIGHT_STATES,
  HighlightListSchema,
  HighlightPatchSchema,
  HighlightSchema,
  HighlightTriggerSchema,
  InstantSchema,
  ProblemSchema,
  RecordingIdSchema,
  RoomNameSchema,
} from '../../protocol/index.ts'
import { answerOnce } from '../idempotency.ts'
import {
  DEFAULT_LIMIT,
  HighlightParameters,
  highlightIdOf,
  instantOf,
  NoContentSchema,
  PAGE_PARAMETERS,
  RecordingParameters,
  recordingIdOf,
} from '../parameters.ts'
import type { RouteOptions, Scope } from '../route-options.ts'

const Text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })
const filters = {
  ...PAGE_PARAMETERS,
  state: Type.Optional(Type.Array(Type.Enum([...HIGHLIGHT_STATES]), { description: 'may be repeated' })),
  label: Type.Optional(Text(200, 'a part of the label, upper and lower case alike')),
  by: Type.Optional(Text(128, 'who triggered it')),
  favourite: Type.Optional(Type.Boolean()),
  since: Type.Optional(InstantSchema),
  until: Type.Optional(InstantSchema),
}
const strict = { additionalProperties: false }
const RecordingListQuery = Type.Object(filters, strict)
const ListQuery = Type.Object(
  { recording: Type.Optional(RecordingIdSchema), room: Type.Optional(RoomNameSchema), ...filters },
  strict,
)
const tags = ['highlights']

/** `/v1/highlights`, and those of one recording: trigger, list, read, mark, delete. */
export function highlightRoutes(app: Scope, options: RouteOptions): void {
  triggerRoute(app, options)
  listOfRecordingRoute(app, options)
  listRoute(app, options)
  readRoute(app, options)
  renameRoute(app, options)
  deleteRoute(app, options)
  favouriteRoutes(app, options)
}

function triggerRoute(app: Scope, { deps: { highlights, idempotency } }: RouteOptions): void {
  app.post(
    '/v1/recordings/:id/highlights',
    {
      schema: {
        tags,
        summary: 'Trigger a highlight',
        description: 'Answers at once, in state `waiting`. What becomes of it comes as events.',
        params: RecordingParameters,
        body: HighlightTriggerSchema,
        response: { 201: HighlightSchema, default: ProblemSchema },
      },
    },
    async (request, reply) => {
      const { at, ...trigger } = request.body
      const asked = { ...trigger, ...(at !== undefined && { at: instantOf('at', at) }) }
      return answerOnce(idempotency, { request, reply, status: 201 }, async (once) => {
        const highlight = await highlights.trigger(recordingIdOf(request.params), asked, {
          trigger: 'api',
          key: once?.key,
        })
        reply.header('location', `/v1/highlights/${highlight.id}`)
        return highlight
      })
    },
  )
}

function listOfRecordingRoute(app: Scope, { deps: { highlights, recordings } }: RouteOptions): void {
  app.get(
    '/v1/recordings/:id/highlights',
    {
      schema: {
        tags,
        summary: 'List the highlights of a recording, newest first',
        params: RecordingParameters,
        querystring: RecordingListQuery,
        response: { 200: HighlightListSchema, default: ProblemSchema },
      },
    },
    async ({ params, query }) => {
      const recordingId = recordingIdOf(params)
      const page = await highlights.list({ ...queryOf(query), recordingId })
      // Highlights outlive their recording: only where there is none, is it the recording that is missing.
      if (page.items.length === 0) await recordings.get(recordingId)
      return page
    },
  )
}

function listRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.get(
    '/v1/highlights',
    {
      schema: {
        tags,
        summary: 'List the highlights of all recordings, newest first',
        querystring: ListQuery,
        response: { 200: HighlightListSchema, default: ProblemSchema },
      },
    },
    async ({ query }) => highlights.list(queryOf(query)),
  )
}

function readRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.get(
    '/v1/highlights/:id',
    {
      schema: {
        tags,
        summary: 'Read a highlight',
        params: HighlightParameters,
        response: { 200: HighlightSchema, default: ProblemSchema },
      },
    },
    async ({ params }) => highlights.get(highlightIdOf(params)),
  )
}

function renameRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.patch(
    '/v1/highlights/:id',
    {
      schema: {
        tags,
        summary: 'Rename a highlight',
        description: 'In any state: a moment can be kept first and named afterwards.',
        params: HighlightParameters,
        body: HighlightPatchSchema,
        response: { 200: HighlightSchema, default: ProblemSchema },
      },
    },
    async ({ params, body }) => highlights.update(highlightIdOf(params), body),
  )
}

function deleteRoute(app: Scope, { deps: { highlights } }: RouteOptions): void {
  app.delete(
    '/v1/highlights/:id',
    {
      schema: {
        tags,
        summary: 'Delete a highlight, its media and its links',
        params: HighlightParameters,
        response: { 204: NoContentSchema, default: ProblemSchema },
      },
    },
    async ({ params }, reply) => {
      await highlights.delete(highlightIdOf(params))
      return reply.code(204).send(undefined)
    },
  )
}

function favouriteRoutes(app: Scope, { deps: { highlights } }: RouteOptions): void {
  for (const [method, favourite, summary] of [
    ['PUT', true, 'Mark a highlight as a favourite'],
    ['DELETE', false, 'Take the mark away'],
  ] as const) {
    app.route({
      method,
      url: '/v1/highlights/:id/favourite',
      schema: {
        tags,
        summary,
        params: HighlightParameters,
        response: { 200: HighlightSchema, default: ProblemSchema },
      },
      handler: async ({ params }) => highlights.setFavourite(highlightIdOf(params), favourite),
    })
  }
}

function queryOf(query: Static<typeof ListQuery>): HighlightQuery {
  const { limit = DEFAULT_LIMIT, recording, state, since, until, ...rest } = query
  return {
    ...rest,
    limit,
    ...(recording !== undefined && { recordingId: recording }),
    ...(state !== undefined && { states: state }),
    ...(since !== undefined && { since: instantOf('since', since, 'query') }),
    ...(until !== undefined && { until: instantOf('until', until, 'query') }),
  }
}
