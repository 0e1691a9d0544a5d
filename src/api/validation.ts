import type { FastifyInstance, FastifySchema } from 'fastify'
import type { TSchema } from 'typebox'
import { AppError } from '../protocol/index.ts'
import { compileCheck, type Mismatch, mismatchError, pointerOf } from '../protocol/mismatch.ts'
import { parseJson } from '../protocol/parse-json.ts'

type Part = 'body' | 'querystring' | 'params' | 'headers'

/**
 * Makes the TypeBox schemas of the routes the validation. Bodies are taken as they are: nothing is coerced, no field is
 * dropped, and an absent body counts as `{}`, so that what it lacks is named. Answers are only described by schemas.
 */
export function useSchemas(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string | Buffer) => (text.length === 0 ? undefined : parseBody(text.toString())),
  )
  app.setValidatorCompiler<FastifySchema>(({ schema, httpPart }) => compile(schema as TSchema, httpPart as Part))
  app.setSerializerCompiler(() => (value) => JSON.stringify(value))
}

function compile(schema: TSchema, part: Part) {
  const check = compileCheck(schema)
  return (received: unknown): { value: unknown } | { error: AppError } => {
    const unusable = part === 'querystring' ? parameterWithNul(received as Record<string, unknown>) : undefined
    if (unusable !== undefined) return { error: nulError(unusable) }
    const value = part === 'body' ? (received ?? {}) : coerced(schema, received as Record<string, unknown>)
    const mismatch = check(value)
    return mismatch ? { error: requestError(part, mismatch) } : { value }
  }
}

function requestError(part: Part, mismatch: Mismatch): AppError {
  if (part === 'body') return mismatchError('request.invalid', mismatch, 'The body')
  const place = part === 'querystring' ? 'query parameter' : part === 'params' ? 'path parameter' : 'header'
  return new AppError('request.invalid', `The ${place} \`${mismatch.path[0]}\` ${mismatch.problem}`, {
    field: pointerOf(mismatch.path),
    received: mismatch.received,
    allowed: mismatch.allowed,
  })
}

/** The name of a parameter that holds U+0000, which no database stores; in a body the parser refuses it. */
function parameterWithNul(query: Record<string, unknown>): string | undefined {
  return Object.keys(query).find((name) => [name, query[name]].flat().join('').includes('\0'))
}

function nulError(name: string): AppError {
  const message = `The query parameter \`${name.replaceAll('\0', '')}\` must not hold the character U+0000`
  return new AppError('request.invalid', message, {
    field: pointerOf([name.replaceAll('\0', '')]),
    allowed: 'text without the character U+0000',
  })
}

/** Coerces text to the types of the schema: decimal integers, true and false, and one value where a list may be given. */
function coerced(schema: TSchema, received: Record<string, unknown>): unknown {
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {}
  const entries = Object.entries(received).map(([name, value]) => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined
    if (type === 'integer' && typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return [name, Number(value)]
    if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true']
    return [name, type === 'array' && !Array.isArray(value) ? [value] : value]
  })
  return Object.fromEntries(entries)
}

function parseBody(text: string): unknown {
  const body = parse(text)
  // Fastify shows an absent body to a validator as null, so this one would pass as absent.
  if (body !== null) return body
  throw new AppError('request.invalid', 'The body must not be null', { field: '', received: null, allowed: 'a value' })
}

function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be parsed'
    throw new AppError('request.malformed', `The body is not usable JSON: ${why}`, { cause })
  }
}
