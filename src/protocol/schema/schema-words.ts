/** The part of JSON Schema that the protocol uses. */
export interface Schema {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Record<string, Schema>
  readonly patternProperties?: Record<string, Schema>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly multipleOf?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly description?: string
}

/** False for arrays and null, which JavaScript calls objects too. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a schema accepts, as a phrase: "an integer from 160 to 3840, a multiple of 2". */
export function describeSchema(schema: Schema): string {
  if (schema.enum) return schema.enum.map(String).join(', ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return [...new Set(schema.anyOf.map(describeSchema))].join(' or ')
  const words = describeType(schema)
  return schema.description && schema.type !== 'object' ? `${words} (${schema.description})` : words
}

function describeType(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return `a string${span(schema.minLength, schema.maxLength, 'characters')}${
        schema.pattern === undefined ? '' : ` matching ${schema.pattern}`
      }`
    case 'number':
      return `a number${range(schema)}`
    case 'integer':
      return `an integer${range(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `an array${span(schema.minItems, schema.maxItems, schema.uniqueItems ? 'different items' : 'items')}`
    case 'object':
      return `an object${span(schema.minProperties, schema.maxProperties, 'fields')}`
    case 'null':
      return 'null'
    default:
      return 'any value'
  }
}

function span(min: number | undefined, max: number | undefined, unit: string): string {
  if (min !== undefined && max !== undefined) return ` of ${min} to ${max} ${unit}`
  if (max !== undefined) return ` of at most ${max} ${unit}`
  return min === undefined ? '' : ` of ${min} or more ${unit}`
}

function range({ minimum, exclusiveMinimum, maximum, multipleOf }: Schema): string {
  const step = multipleOf === undefined ? '' : `, a multiple of ${multipleOf}`
  if (exclusiveMinimum !== undefined) {
    return ` greater than ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}${step}`
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}${step}`
  if (minimum !== undefined) return ` of at least ${minimum}${step}`
  return maximum === undefined ? step : ` of at most ${maximum}${step}`
}
