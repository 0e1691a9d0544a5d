import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

const TAGS = [
  { name: 'recordings', description: 'Start, follow and stop recordings' },
  { name: 'sources', description: 'Add, mute, relabel and remove sources while a recording runs' },
  { name: 'signals', description: 'Tell a recording what happens in its room' },
  { name: 'rooms', description: 'The built-in signalling hub' },
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
        description: 'Records live classes as their audience saw them. Errors are RFC 9457 problem documents.',
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
    transformObject: (documentation) => {
      const { openapiObject } = documentation as { openapiObject: Record<string, unknown> }
      return liftSchemas(openapiObject)
    },
  })
}

/** Moves every schema with an `$id` to the components and leaves a reference in its place. */
export function liftSchemas(document: Record<string, unknown>): Record<string, unknown> {
  const schemas: Record<string, unknown> = {}
  const lift = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(lift)
    if (typeof node !== 'object' || node === null) return node
    const { $id, ...rest } = node as Record<string, unknown>
    if (typeof $id !== 'string') return lifted(rest)
    schemas[$id] ??= lifted(rest)
    return { $ref: `#/components/schemas/${$id}` }
  }
  const lifted = (node: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(node).map(([key, value]) => [key, lift(value)]))
  const { components, ...rest } = lifted(document)
  return { ...rest, components: { ...(components as object), schemas } }
}
