import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { EXAMPLES } from './examples.ts'

const TAGS = [
  { name: 'recordings', description: 'Start, follow and stop recordings' },
  { name: 'sources', description: 'Add, mute, relabel and remove sources while a recording runs' },
  { name: 'signals', description: 'Tell a recording what happens in its room' },
  { name: 'rooms', description: 'The built-in signalling hub' },
  { name: 'highlights', description: 'Cut a moment out of a recording, while it runs or long after' },
  { name: 'shares', description: 'Links that open a clip without a key' },
  { name: 'recaps', description: 'One film of many highlights' },
  { name: 'events', description: 'Every state change, as server-sent events' },
  { name: 'media', description: 'Playlists, segments and clips' },
  { name: 'service', description: 'Health, metrics and sessions' },
]

/** Generates the API's description from the schemas that validate it: OpenAPI 3.1, every `$id` a component. */
export async function useOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Panorec',
        version,
        description:
          'Records live classes as their audience saw them. Errors are RFC 9457 problem documents. With an ' +
          '`Idempotency-Key` header whatever starts, adds, triggers or makes something is safe to repeat for 24 hours.',
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
    transform: ({ schema, url }) => ({ schema: markNamed(schema) as FastifySchema, url }),
    transformObject: (documentation) => {
      const { openapiObject } = documentation as { openapiObject: Record<string, unknown> }
      return liftSchemas(openapiObject)
    },
  })
}

/** The key under which a `$id` survives the plugin, which removes every `$id`, until the schemas are lifted. */
const MARK = 'x-schema-id'

function markNamed(node: unknown): unknown {
  return mapNodes(node, ({ $id, ...rest }) => (typeof $id === 'string' ? { [MARK]: $id, ...rest } : rest))
}

/** Moves every marked schema to the components and leaves a reference in its place. */
function liftSchemas(document: Record<string, unknown>): Record<string, unknown> {
  const schemas: Record<string, unknown> = {}
  const lifted = mapNodes(document, ({ [MARK]: name, ...schema }) => {
    if (typeof name !== 'string') return schema
    schemas[name] = Object.hasOwn(EXAMPLES, name) ? { ...schema, examples: [EXAMPLES[name]] } : schema
    return { $ref: `#/components/schemas/${name}` }
  }) as Record<string, unknown>
  return { ...lifted, components: { ...(lifted.components as object), schemas } }
}

/** Maps every object of a document with `change`, innermost first; the document itself stays unchanged. */
function mapNodes(node: unknown, change: (node: Record<string, unknown>) => Record<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((item) => mapNodes(item, change))
  if (typeof node !== 'object' || node === null) return node
  return change(Object.fromEntries(Object.entries(node).map(([key, value]) => [key, mapNodes(value, change)])))
}
