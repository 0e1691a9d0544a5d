import type { SourceModule } from './read-module.ts'

/** Where a name is defined: a file and its export. */
const at = (path: string, name: string) => `${path}#${name}`

/**
 * Exports that nothing imports, as `file:line name`. Passing a name on in an index is no use of it; whoever imports it from there is.
 * `roots` are files whose exports somebody outside of the project uses.
 */
export function findUnusedExports(modules: readonly SourceModule[], roots: readonly string[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const used = new Set<string>()
  const mark = (target: string, name: string): void => {
    if (used.has(at(target, name))) return
    used.add(at(target, name))
    const module = byPath.get(target)
    if (name === '*') for (const { name: each } of module?.exports ?? []) mark(target, each)
    for (const use of module?.uses ?? []) {
      if (use.exportedAs === '*') mark(use.target, name)
      else if (name === '*' && use.exportedAs !== undefined) mark(target, use.exportedAs)
      else if (use.exportedAs === name) mark(use.target, use.name)
    }
  }
  for (const { path, uses, exports } of modules) {
    for (const { target, name, exportedAs } of uses) if (exportedAs === undefined) mark(target, name)
    if (roots.includes(path)) for (const { name } of [...exports, { name: '*' }]) mark(path, name)
  }
  const isUsed = (path: string, name: string) => used.has(at(path, name))
  return modules.flatMap(({ path, exports, uses }) => [
    ...exports.filter(({ name }) => !isUsed(path, name)).map(({ name, line }) => `${path}:${line} ${name}`),
    ...uses
      .filter(({ exportedAs }) => exportedAs !== undefined && exportedAs !== '*' && !isUsed(path, exportedAs))
      .map(({ exportedAs }) => `${path} passes on ${exportedAs}`),
  ])
}
