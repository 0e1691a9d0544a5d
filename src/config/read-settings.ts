import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { SETTING_NAMES, SETTINGS, type SettingName, type SettingsSchema } from './settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** One setting that cannot be used, with everything that its message says. */
export interface SettingProblem {
  readonly name: string
  /** The text received; null when it is a secret. */
  readonly received: string | null
  readonly why: string
  readonly allowed: string
}

/** Reads the text of every setting by its schema. An empty text counts as not set. */
export function readSettings(env: Environment): {
  readonly settings: Partial<Static<typeof SettingsSchema>>
  readonly problems: readonly SettingProblem[]
} {
  const problems: SettingProblem[] = unknownNames(env)
  const settings: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) {
    const text = env[name]?.trim()
    const { schema } = SETTINGS[name]
    const fallback = 'default' in schema ? schema.default : undefined
    const value = text === undefined || text === '' ? fallback : parseText(text, schema)
    if (value === undefined) continue
    if (Value.Check(schema, value)) settings[name] = value
    else problems.push(problemOf(name, text, 'is not usable'))
  }
  return { settings, problems }
}

/** A problem of a known setting; hides the value of a secret. */
export function problemOf(name: SettingName, received: string | undefined, why: string): SettingProblem {
  const { allowed, secret } = SETTINGS[name].notes as { allowed: string; secret?: boolean }
  return { name, received: secret === true ? null : (received ?? ''), why, allowed }
}

function unknownNames(env: Environment): SettingProblem[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('PANOREC_') && !Object.hasOwn(SETTINGS, name))
    .sort()
    .map((name) => ({
      name,
      received: null,
      why: 'is not a setting of Panorec',
      allowed: SETTING_NAMES.join(', '),
    }))
}

/** The text as the schema's type; a text that cannot be one stays text, and the check refuses it. */
function parseText(text: string, schema: object): unknown {
  const type = 'type' in schema ? schema.type : 'string'
  if (type === 'integer') return /^\d{1,9}$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (type === 'array') return text.split(',').map((item) => item.trim())
  return text
}
