import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync, Visitor, type VisitorObject } from 'oxc-parser'
import type { Power } from './house.ts'

export interface SourceModule {
  /** Path from the project's root, with slashes. */
  readonly path: string
  readonly text: string
  /** What it imports or re-exports, statically, dynamically or as a worker; relative ones as paths from the root. */
  readonly imports: readonly string[]
  /** The names behind them. `*` stands for all names of the target. */
  readonly uses: readonly Use[]
  /** The names that it exports; those of `export * from` are among the uses. */
  readonly exports: readonly Export[]
  readonly functions: readonly FunctionLength[]
  readonly powers: readonly { readonly power: Power; readonly line: number }[]
}

interface Use {
  readonly target: string
  readonly name: string
  /** The name under which the module passes it on, where it re-exports it. */
  readonly exportedAs?: string
}
interface Export {
  readonly name: string
  readonly line: number
}
interface FunctionLength {
  readonly name: string
  readonly line: number
  readonly lines: number
}

/** Reads one file of the project by its path from the root. */
export function readModule(root: string, path: string): SourceModule {
  return parseModule(path, readFileSync(join(root, path), 'utf8'))
}

/** Parses TypeScript. Throws when it is not valid, so that nothing is skipped in silence. */
export function parseModule(path: string, text: string): SourceModule {
  const { program, module, errors } = parseSync(path, text)
  const [error] = errors
  if (error) throw new Error(`${path}: ${error.message}`)

  const lineOf = lineFinder(text)
  const found: Found = { powers: [], functions: [], workers: [], lineOf, path }
  new Visitor(visitor(found)).visit(program)
  const dynamic = module.dynamicImports.flatMap((entry) => {
    const value = literal(text.slice(entry.moduleRequest.start, entry.moduleRequest.end))
    return value === undefined ? [] : [{ target: resolve(path, value), name: '*' }]
  })
  const uses = [
    ...module.staticImports.flatMap(({ moduleRequest, entries }) =>
      entries.map((entry) => ({ target: resolve(path, moduleRequest.value), name: entry.importName.name ?? '*' })),
    ),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, importName, exportName }) =>
        moduleRequest === null
          ? []
          : [
              {
                target: resolve(path, moduleRequest.value),
                name: importName.name ?? '*',
                exportedAs: exportName.name ?? '*',
              },
            ],
      ),
    ),
    ...dynamic,
    ...found.workers.map((value) => ({ target: resolve(path, value), name: '*' })),
  ]
  const bare = module.staticImports.map(({ moduleRequest }) => resolve(path, moduleRequest.value))
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, moduleRequest, start }) =>
      exportName.name === null || moduleRequest !== null ? [] : [{ name: exportName.name, line: lineOf(start) }],
    ),
  )
  const imports = [...new Set([...bare, ...uses.map(({ target }) => target)])]
  return { path, text, imports, uses, exports, functions: found.functions, powers: found.powers }
}

function literal(source: string): string | undefined {
  return /^(['"`])([^'"`$]*)\1$/.exec(source.trim())?.[2]
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  const clean = specifier.replace(/\?.*$/, '')
  return relative('/', join('/', dirname(from), clean))
}

/** The line of an offset, from 1. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}

interface Found {
  readonly path: string
  readonly powers: { power: Power; line: number }[]
  readonly functions: FunctionLength[]
  readonly workers: string[]
  lineOf(offset: number): number
}

const TIMERS = /^(setTimeout|setInterval|setImmediate|requestAnimationFrame)$/
const CLOCKS: Readonly<Record<string, string>> = {
  Date: 'now',
  performance: 'now',
  Math: 'random',
  crypto: 'randomUUID',
}

/** Sees through the usual ways to reach `process`: the global, an import of it, and taking it apart. */
function visitor({ powers, functions, workers, lineOf }: Found): VisitorObject {
  const use = (power: Power, { start }: { readonly start: number }) => powers.push({ power, line: lineOf(start) })
  const measure = (node: { readonly start: number; readonly end: number; readonly id?: unknown }) => {
    const [line, last] = [lineOf(node.start), lineOf(node.end)]
    functions.push({ name: nameOf(node.id), line, lines: last - line + 1 })
  }
  return {
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
    ImportDeclaration(node) {
      if (/^(node:)?process$/.test(node.source.value)) use('reads the environment', node)
      if (/^(node:)?timers(\/promises)?$/.test(node.source.value)) use('waits by hand', node)
    },
    VariableDeclarator(node) {
      if (node.init?.type === 'Identifier' && node.init.name === 'process') use('reads the environment', node)
    },
    MemberExpression(node) {
      const property = propertyOf(node)
      const object = node.object.type === 'Identifier' ? node.object.name : ''
      if (CLOCKS[object] === property) use('asks a clock or chance', node)
      if (!isProcess(node.object)) return
      if (property === 'env') use('reads the environment', node)
      if (/^(exit|exitCode|abort|reallyExit)$/.test(property)) use('ends the process or handles its signals', node)
    },
    CallExpression(node) {
      const [first] = node.arguments
      if (node.callee.type === 'Identifier' && TIMERS.test(node.callee.name)) use('waits by hand', node)
      if (node.callee.type !== 'MemberExpression') return
      if (TIMERS.test(propertyOf(node.callee)) && isGlobal(node.callee.object)) use('waits by hand', node)
      if (!isProcess(node.callee.object)) return
      if (!/^(on|once|addListener|prependListener)$/.test(propertyOf(node.callee))) return
      const isOther = first?.type === 'Literal' && !/^SIG/.test(String(first.value))
      if (!isOther) use('ends the process or handles its signals', node)
    },
    NewExpression(node) {
      const [first, second] = node.arguments
      if (node.callee.type !== 'Identifier') return
      if (node.callee.name === 'Date' && node.arguments.length === 0) use('asks a clock or chance', node)
      if (node.callee.name !== 'URL' || second?.type !== 'MemberExpression') return
      if (first?.type !== 'Literal' || typeof first.value !== 'string') return
      if (first.value.startsWith('.') && first.value.endsWith('.ts')) workers.push(first.value)
    },
    Literal(node) {
      if (typeof node.value === 'string') for (const power of powersOfText(node.value)) use(power, node)
    },
    TemplateElement(node) {
      for (const power of powersOfText(node.value.cooked ?? '')) use(power, node)
    },
  }
}

function powersOfText(text: string): Power[] {
  const found: Power[] = []
  if (/^(.*\/)?(ffmpeg|ffprobe)$/.test(text) || text === 'fluent-ffmpeg')
    found.push('names FFmpeg programs or its library')
  if (text.startsWith('/proc/') || text.startsWith('/sys/fs/cgroup')) found.push('reads /proc')
  if (STORED.test(text) && !/^https?:/.test(text)) found.push('names an object of the store')
  return found
}

/** File names of a recording in its store. */
const STORED =
  /(^|\/)(recording\.json|(index|live|tail|clip)\.m3u8|(newest|closing|highlight)\.json|signals\.jsonl|(clip\.mp4|poster\.jpg|preview\.webp))$/

type Expression = {
  readonly type: string
  readonly name?: string
  readonly object?: unknown
  readonly property?: unknown
}

function isGlobal(value: unknown): boolean {
  return /^(globalThis|window|self)$/.test((value as Expression).name ?? '')
}

function isProcess(value: unknown): boolean {
  const node = value as Expression
  return (node.type === 'Identifier' && node.name === 'process') || propertyOf(node) === 'process'
}

function propertyOf(node: Expression): string {
  const property = node.property as { name?: string; value?: unknown } | undefined
  return property?.name ?? (typeof property?.value === 'string' ? property.value : '')
}

function nameOf(id: unknown): string {
  return (id as { name?: string } | null | undefined)?.name ?? 'a function'
}
