import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Errors } from 'typebox/value'
import { AppError } from './app-error.ts'
import { describeSchema, isObject, type Schema } from './schema/schema-words.ts'
import { branchFor } from './schema/union-branch.ts'

/** Where and why a value does not match its schema. */
export interface Mismatch {
  readonly path: readonly string[]
  /** The rest of a sentence that begins with the field's name. */
  readonly problem: string
  /** Short, and without secrets; undefined when nothing was received. */
  readonly received: unknown
  readonly allowed: string
}

/** Compiles a schema to a check that gives the first mismatch in document order, or undefined. */
export function compileCheck(schema: TSchema): (value: unknown) => Mismatch | undefined {
  const validator = Compile(schema)
  return (value) => (validator.Check(value) ? undefined : explainMismatch(schema, value))
}

/** The first mismatch of a value that is known not to match. A union answers with the error of the branch meant. */
function explainMismatch(schema: TSchema, value: unknown): Mismatch {
  return findMismatch(schema as Schema, value, []) ?? mustBe(schema as Schema, value, [])
}

/** A path as a JSON pointer (RFC 6901); the root is the empty string. */
export function pointerOf(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The mismatch as an error whose field is a JSON pointer; `whole` names the value itself, as in "The body". */
export function mismatchError(
  code: 'request.invalid' | 'signal.invalid' | 'config.invalid',
  mismatch: Mismatch,
  whole: string,
): AppError {
  const field = pointerOf(mismatch.path)
  const subject = field === '' ? whole : `\`${field}\``
  return new AppError(code, `${subject} ${mismatch.problem}`, {
    field,
    received: mismatch.received,
    allowed: mismatch.allowed,
  })
}

function findMismatch(schema: Schema, value: unknown, path: readonly string[]): Mismatch | undefined {
  if (schema.anyOf) return findMismatch(branchFor(schema.anyOf, value), value, path)
  return ownMismatch(schema, value, path) ?? childMismatch(schema, value, path)
}

function ownMismatch(schema: Schema, value: unknown, path: readonly string[]): Mismatch | undefined {
  for (const error of Errors(withoutChildren(schema), value)) {
    if (error.keyword === 'required') return missing(schema, value, path)
    if (error.keyword === 'additionalProperties') return unknownField(schema, value, path)
    if (error.keyword !== 'boolean') return mustBe(schema, value, path)
  }
  return undefined
}

function childMismatch(schema: Schema, value: unknown, path: readonly string[]): Mismatch | undefined {
  if (Array.isArray(value)) {
    const { items } = schema
    return items && first(value, (item, index) => findMismatch(items, item, [...path, String(index)]))
  }
  if (!isObject(value)) return undefined
  return first(Object.keys(value), (key) => {
    const child = propertySchema(schema, key)
    return child && findMismatch(child, value[key], [...path, key])
  })
}

function missing(schema: Schema, value: unknown, path: readonly string[]): Mismatch {
  const name = schema.required?.find((key) => !isObject(value) || !Object.hasOwn(value, key)) ?? ''
  const allowed = describeSchema(schema.properties?.[name] ?? {})
  return { path: [...path, name], problem: `is required: ${choice(allowed)}`, received: undefined, allowed }
}

function unknownField(schema: Schema, value: unknown, path: readonly string[]): Mismatch {
  const name = Object.keys(value as object).find((key) => !propertySchema(schema, key)) ?? ''
  const known = [...Object.keys(schema.properties ?? {}), ...Object.keys(schema.patternProperties ?? {})].join(', ')
  return {
    path: [...path, name],
    problem: `is not a known field; known here: ${known || 'none'}`,
    received: shown((value as Record<string, unknown>)[name], name),
    allowed: known || 'no fields',
  }
}

function mustBe(schema: Schema, value: unknown, path: readonly string[]): Mismatch {
  const allowed = describeSchema(schema)
  const received = shown(value, path.at(-1) ?? '')
  const was = received === value ? JSON.stringify(received) : received
  return { path, problem: `must be ${choice(allowed)}, but was ${was}`, received, allowed }
}

/** A list of words as part of a sentence. */
function choice(allowed: string): string {
  return /^[\w.-]+(, [\w.-]+)+$/.test(allowed) ? `one of ${allowed}` : allowed
}

/** The schema's own keywords: children match anything, so that an error is about this value alone. */
function withoutChildren(schema: Schema): TSchema {
  const open = (map: Record<string, Schema> | undefined) =>
    map && Object.fromEntries(Object.keys(map).map((key) => [key, {}]))
  const { items: _items, properties, patternProperties, ...own } = schema
  return {
    ...own,
    ...(properties && { properties: open(properties) }),
    ...(patternProperties && { patternProperties: open(patternProperties) }),
  } as TSchema
}

function propertySchema(schema: Schema, key: string): Schema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, key)) return schema.properties[key]
  const pattern = Object.keys(schema.patternProperties ?? {}).find((text) => new RegExp(text, 'u').test(key))
  return pattern === undefined ? undefined : schema.patternProperties?.[pattern]
}

const SHOWN_CHARACTERS = 100
const SECRET_NAME = /(token|secret|password|authorization)$/i

function shown(value: unknown, name: string): unknown {
  if (SECRET_NAME.test(name)) return '[hidden]'
  if (typeof value === 'string' && value.length > SHOWN_CHARACTERS) return `${value.slice(0, SHOWN_CHARACTERS)}…`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (isObject(value)) return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
  return value
}

function first<T, R>(items: readonly T[], find: (item: T, index: number) => R | undefined): R | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}
