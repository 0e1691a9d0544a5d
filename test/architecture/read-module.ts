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
  readonly powers: readonly { readonly power: Power; readonly line: number }[]
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

  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((statement) => statement.entries.map((entry) => entry.moduleRequest?.value)),
    ...module.dynamicImports.map((entry) => literal(text.slice(entry.moduleRequest.start, entry.moduleRequest.end))),
  ].filter((value) => value !== undefined)
  const powers: { power: Power; line: number }[] = []
  const use = (power: Power, offset: number) => powers.push({ power, line: text.slice(0, offset).split('\n').length })
  new Visitor(visitor({ use, alsoImports: (value) => specifiers.push(value) })).visit(program)
  const imports = [...new Set(specifiers.map((value) => resolve(path, value)))]
  return { path, text, imports, powers }
}

function literal(source: string): string | undefined {
  return /^(['"`])([^'"`$]*)\1$/.exec(source.trim())?.[2]
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  const clean = specifier.replace(/\?.*$/, '')
  return relative('/', join('/', dirname(from), clean))
}

interface Found {
  use(power: Power, offset: number): void
  alsoImports(specifier: string): void
}

/** Sees through the usual ways to reach `process`: the global, an import of it, and taking it apart. */
function visitor({ use, alsoImports }: Found): VisitorObject {
  return {
    ImportDeclaration(node) {
      if (/^(node:)?process$/.test(node.source.value)) use('reads the environment', node.start)
    },
    VariableDeclarator(node) {
      if (node.init?.type === 'Identifier' && node.init.name === 'process') use('reads the environment', node.start)
    },
    MemberExpression(node) {
      const property = propertyOf(node)
      if (!isProcess(node.object)) return
      if (property === 'env') use('reads the environment', node.start)
      if (/^(exit|exitCode|abort|reallyExit)$/.test(property))
        use('ends the process or handles its signals', node.start)
    },
    CallExpression(node) {
      const [first] = node.arguments
      if (node.callee.type !== 'MemberExpression' || !isProcess(node.callee.object)) return
      if (!/^(on|once|addListener|prependListener)$/.test(propertyOf(node.callee))) return
      const isOther = first?.type === 'Literal' && !/^SIG/.test(String(first.value))
      if (!isOther) use('ends the process or handles its signals', node.start)
    },
    NewExpression(node) {
      const [first, second] = node.arguments
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || second?.type !== 'MemberExpression') return
      if (first?.type !== 'Literal' || typeof first.value !== 'string') return
      if (first.value.startsWith('.') && first.value.endsWith('.ts')) alsoImports(first.value)
    },
    Literal(node) {
      if (typeof node.value !== 'string') return
      if (/^(.*\/)?(ffmpeg|ffprobe)$/.test(node.value) || node.value === 'fluent-ffmpeg') {
        use('names FFmpeg programs or its library', node.start)
      }
    },
  }
}

type Expression = {
  readonly type: string
  readonly name?: string
  readonly object?: unknown
  readonly property?: unknown
}

function isProcess(value: unknown): boolean {
  const node = value as Expression
  return (node.type === 'Identifier' && node.name === 'process') || propertyOf(node) === 'process'
}

function propertyOf(node: Expression): string {
  const property = node.property as { name?: string; value?: unknown } | undefined
  return property?.name ?? (typeof property?.value === 'string' ? property.value : '')
}
