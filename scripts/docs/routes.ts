import type { AppRoutes, Route } from './app-routes.ts'

const METHODS = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS'
const SECTION = '## Calls'

/** What is wrong with the table of calls of docs/api.md: calls that it leaves out, and calls that there are not. */
export function findCallProblems(path: string, page: string, { described }: AppRoutes): string[] {
  const named = callsOf(page).map(nameOf)
  const there = described.map(nameOf)
  return [
    ...there.filter((name) => !named.includes(name)).map((name) => `${path}: the table of calls lacks \`${name}\``),
    ...named.filter((name) => !there.includes(name)).map((name) => `${path}: there is no call \`${name}\``),
  ]
}

/** The mentions of paths of the API, anywhere in a document, that the application does not serve. */
export function findUnknownPaths(path: string, page: string, routes: AppRoutes): string[] {
  const mentions = [...page.matchAll(new RegExp(`(?:\\b(${METHODS}) )?(/v1/[^\\s\`'"|)?,]*|/docs/[a-z]+)`, 'g'))]
  const unknown = mentions.filter(([, method, mention = '']) => !isServed(method, mention, routes))
  return unknown.map(([text]) => `${path}: the application does not serve ${text}`)
}

/** The calls in the first column of the table: methods, then the path that they are for; `…` stands for the rest. */
function callsOf(page: string): Route[] {
  const [, section = ''] = page.split(`${SECTION}\n`)
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'))
  return rows.flatMap((row) => callsOfCell(row.split('|')[1] ?? ''))
}

function callsOfCell(cell: string): Route[] {
  const words = [...cell.matchAll(/[^\s`]+/g)].map(([word]) => word)
  let methods: string[] = []
  let isComplete = false
  return words.flatMap((word) => {
    if (!word.startsWith('/')) {
      methods = isComplete ? [word] : [...methods, word]
      isComplete = false
      return []
    }
    isComplete = true
    return methods.map((method) => ({ method, path: word.replace('…', '*') }))
  })
}

function isServed(method: string | undefined, mention: string, { described, serves }: AppRoutes): boolean {
  if (serves(mention))
    return method === undefined || described.some((it) => it.path === mention && it.method === method)
  const parts = mention.split('/')
  return described.some((route) => {
    const pattern = route.path.split('/')
    const isSame = pattern.length === parts.length && pattern.every((part, at) => fits(part, parts[at] ?? ''))
    return isSame && (method === undefined || route.method === method)
  })
}

/** A parameter stands for itself or for a value, such as `$ID` and `rec_…`, and never for another word of a path. */
function fits(pattern: string, part: string): boolean {
  return pattern === part || (pattern.startsWith(':') && /[$<{_…:*]|\d/.test(part))
}

function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}
