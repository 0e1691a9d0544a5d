import { ERRORS, EventSchema, SIGNAL_SCHEMAS } from '../../src/protocol/index.ts'
import { codeWordsOf, renderTable, type Section, withSection } from './markdown.ts'

const SECTION: Section = {
  path: 'docs/errors.md',
  open: '<!-- errors: written by `npm run check -- --write` from src/protocol/errors.ts -->',
  close: '<!-- /errors -->',
}

const EVENTS = EventSchema.anyOf.map(({ properties }) => properties.type.const)
/** Every dotted word of the product that a document may name: error codes, events, signals. */
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(ERRORS), ...EVENTS, ...Object.keys(SIGNAL_SCHEMAS)])

/** Other dotted words of the documents: fields of the API, queues of jobs, names that examples make up. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
  'highlights.rules',
  'links.index',
  'links.live',
  'links.playlist',
  'links.poster',
  'links.preview',
  'highlight.clip',
  'recording.take',
  'quiz.won',
])
const FILE = /\.(json|jsonl|m3u8|md|mjs|mp4|ts|tsx|jpg|webp|js)$/
/** `noun.kebab-reason`, as codes, events and signals are written. */
const CODE = /^[a-z]+\.[a-z]+(-[a-z]+)*$/

/** The page with its table of every error code as the code has it. */
export function withErrorTable(page: string): string {
  const rows = Object.entries(ERRORS).map(([code, { status, fault, retryable, title }]) => [
    `\`${code}\``,
    String(status),
    title,
    fault,
    retryable ? 'yes' : 'no',
  ])
  return withSection(page, SECTION, renderTable(['code', 'status', 'title', 'whose fault', 'retry'], rows))
}

/** The words of a document that look like an error code, an event or a signal and are none. */
export function findUnknownCodes(path: string, page: string): string[] {
  const words = new Set(codeWordsOf(page).filter((word) => CODE.test(word) && !FILE.test(word)))
  const unknown = [...words].filter((word) => !KNOWN.has(word) && !OTHER_WORDS.has(word))
  return unknown.map((word) => `${path}: \`${word}\` is no error code, event or signal`)
}
