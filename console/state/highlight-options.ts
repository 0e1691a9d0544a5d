/** A person's options for the next highlights; the recording's defaults apply to those left out. */
export interface HighlightOptions {
  readonly preSec?: number
  readonly postSec?: number
  readonly label?: string
  readonly by?: string
  /** The last labels that were given, newest first, to be given again with one press. */
  readonly labels: readonly string[]
}

const KEY = 'panorec.highlight'
const MAX_ROLL_SEC = 600
const MAX_LABEL = 200
const MAX_NAME = 128
const KEPT_LABELS = 5

/** The stored options; invalid ones are left out. */
export function readOptions(): HighlightOptions {
  try {
    return cleanOptions(JSON.parse(localStorage.getItem(KEY) ?? '{}'))
  } catch {
    return { labels: [] }
  }
}

export function storeOptions(options: HighlightOptions): void {
  localStorage.setItem(KEY, JSON.stringify(options))
}

/** Puts a label first among those that were given. */
export function rememberLabel(options: HighlightOptions, label: string): HighlightOptions {
  const labels = [label, ...options.labels.filter((known) => known !== label)].slice(0, KEPT_LABELS)
  return { ...options, labels }
}

/** The valid part of some options: seconds of a roll within the API's bounds, texts that are not empty. */
export function cleanOptions(raw: unknown): HighlightOptions {
  const given: { readonly [Name in keyof HighlightOptions]?: unknown } =
    typeof raw === 'object' && raw !== null ? raw : {}
  const labels: readonly unknown[] = Array.isArray(given.labels) ? given.labels : []
  return {
    ...cleanRoll('preSec', given.preSec),
    ...cleanRoll('postSec', given.postSec),
    ...cleanText('label', given.label, MAX_LABEL),
    ...cleanText('by', given.by, MAX_NAME),
    labels: labels.filter((label): label is string => typeof label === 'string').slice(0, KEPT_LABELS),
  }
}

function cleanRoll(name: 'preSec' | 'postSec', value: unknown) {
  if (typeof value !== 'number' || !Number.isFinite(value)) return {}
  return { [name]: Math.min(MAX_ROLL_SEC, Math.max(0, value)) }
}

function cleanText(name: 'label' | 'by', value: unknown, limit: number) {
  const text = typeof value === 'string' ? value.trim().slice(0, limit) : ''
  return text === '' ? {} : { [name]: text }
}
