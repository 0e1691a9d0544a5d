import { HOUSE, type Room } from './house.ts'
import type { SourceModule } from './read-module.ts'

/** The row of the table that a file belongs to: the longest path that it lies in. */
export function roomOf(path: string): Room | undefined {
  return HOUSE.filter((room) => liesIn(path, room.path)).sort((a, b) => b.path.length - a.path.length)[0]
}

/** True for the folder's files and for a file named without its extension. */
export function liesIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || path.replace(/\.tsx?$/, '') === place
}

/** Each arrow of a module that the table does not have, in words. */
export function forbiddenArrows({ path, imports }: SourceModule): string[] {
  const room = roomOf(path)
  if (room === undefined) return [`${path} lies in no folder of the house (test/architecture/house.ts)`]
  return imports.filter((target) => !mayImport(room, target)).map((target) => `${path} must not import ${target}`)
}

function mayImport(room: Room, target: string): boolean {
  if (target.startsWith('node:')) return room.node
  if (isPartOfHouse(target))
    return [room.path, ...room.imports].some((place) => liesIn(target, place)) || own(room, target)
  return room.packages === 'any' || room.packages.some((name) => target === name || target.startsWith(`${name}/`))
}

/** A file with rules of its own does not lock out the folder around it, nor the other way round. */
function own(room: Room, target: string): boolean {
  const other = roomOf(target)
  return other !== undefined && liesIn(other.path, room.path)
}

function isPartOfHouse(target: string): boolean {
  return /^(src|recorder-page|console|test|scripts|examples|bench)\//.test(target) || target === 'package.json'
}

/** Every group of files that import each other in a circle. */
export function findCycles(modules: readonly SourceModule[]): string[][] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const cycles: string[][] = []
  const visit = (path: string): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(path)), path])
      return
    }
    state.set(path, 'open')
    trail.push(path)
    for (const target of byPath.get(path)?.imports ?? []) if (byPath.has(target)) visit(target)
    trail.pop()
    state.set(path, 'done')
  }
  for (const { path } of modules) visit(path)
  return cycles
}

/** True when the file's first words, after its imports at most, are a doc comment that also says what it never does. */
export function saysWhatItIsFor(text: string): boolean {
  const afterImports = text.replace(/^(\s*import\b[^;]*?from\s+'[^']+'\s*\n)+/, '')
  const comment = /^\s*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? /^\s*\/\*\*([\s\S]*?)\*\//.exec(afterImports)?.[1] ?? ''
  return /\b(never|no|not|nothing|only|none|without)\b/i.test(comment)
}
