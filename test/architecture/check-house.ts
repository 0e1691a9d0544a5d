import {
  DIRECT,
  HOUSE,
  INNER_ROOMS,
  MAX_FOLDER_FILES,
  MAX_FUNCTION_LINES,
  POWERS,
  type Power,
  PURE_NAMES,
  type Room,
} from './house.ts'
import type { SourceModule } from './read-module.ts'

/** The row of the table that a file belongs to: the longest path that it lies in. */
function roomOf(path: string): Room | undefined {
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

/** The room that a file of the server lies in, as other rooms see it. */
function serverRoomOf(path: string): string | undefined {
  if (!path.startsWith('src/')) return undefined
  return INNER_ROOMS.find((room) => liesIn(path, room)) ?? path.split('/').slice(0, 2).join('/')
}

/** Imports of a server part that reach into another room past its index, in words. */
export function reachesPastIndex({ path, imports }: SourceModule): string[] {
  const own = serverRoomOf(path)
  if (own === undefined || own === 'src/bin') return []
  return imports
    .filter((target) => target.startsWith('src/') && serverRoomOf(target) !== own && !target.endsWith('/index.ts'))
    .filter((target) => !DIRECT.some((place) => liesIn(target, place)))
    .map((target) => `${path} must import ${target} through the index of its room`)
}

/** What the table allows and nobody does, in words: arrows, packages, Node's modules, and powers. */
export function unusedPermissions(modules: readonly SourceModule[]): string[] {
  const arrows = HOUSE.flatMap((room) => {
    const inside = modules.filter(({ path }) => roomOf(path) === room)
    const targets = inside.flatMap(({ imports }) => imports)
    const unused = room.imports.filter((place) => !targets.some((target) => liesIn(target, place)))
    const packages = room.packages === 'any' ? [] : room.packages
    return [
      ...unused.map((place) => `${room.path} need not import ${place}`),
      ...packages
        .filter((name) => !targets.some((target) => target === name || target.startsWith(`${name}/`)))
        .map((name) => `${room.path} need not import ${name}`),
      ...(room.node && !targets.some((target) => target.startsWith('node:'))
        ? [`${room.path} needs nothing of Node`]
        : []),
    ]
  })
  const powers = Object.entries(POWERS).flatMap(([power, places]) =>
    places
      .filter((place) => !modules.some((module) => liesIn(module.path, place) && has(module, power as Power)))
      .map((place) => `${place} never ${power}`),
  )
  return [...arrows, ...powers]
}

function has({ powers }: SourceModule, power: Power): boolean {
  return powers.some((use) => use.power === power)
}

/** Functions that are too long, as `file:line name (lines)`. */
export function longFunctions({ path, functions }: SourceModule): string[] {
  return functions
    .filter(({ lines }) => lines > MAX_FUNCTION_LINES)
    .map(({ name, line, lines }) => `${path}:${line} ${name} (${lines} lines)`)
}

/** Files whose name promises a pure function, and what is not pure in them, in words. */
export function impurities({ path, imports, powers }: SourceModule): string[] {
  if (!PURE_NAMES.test(path)) return []
  const clocks = powers.filter(({ power }) => power === 'asks a clock or chance')
  return [
    ...imports
      .filter((target) => target.startsWith('node:'))
      .map((target) => `${path} is not pure: it imports ${target}`),
    ...clocks.map(({ line }) => `${path}:${line} is not pure: it asks a clock or chance`),
  ]
}

/** Folders that hold too many files of code beside each other, as `folder (files)`. */
export function crowdedFolders(paths: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const folder = path.slice(0, path.lastIndexOf('/'))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].filter(([, files]) => files > MAX_FOLDER_FILES).map(([folder, files]) => `${folder} (${files})`)
}

/** Circles between the folders of a page: its modules as one for each folder. */
export function folderCycles(page: string, modules: readonly SourceModule[]): string[][] {
  const folderOf = (path: string) => path.split('/').slice(0, 2).join('/')
  const inside = modules.filter(({ path }) => path.startsWith(`${page}/`) && path.split('/').length > 2)
  const imports = new Map<string, Set<string>>()
  for (const { path, imports: targets } of inside) {
    const all = imports.get(folderOf(path)) ?? new Set()
    imports.set(folderOf(path), all)
    for (const target of targets)
      if (inside.some((other) => other.path === target) && folderOf(target) !== folderOf(path))
        all.add(folderOf(target))
  }
  return findCycles([...imports].map(([path, targets]) => ({ path, imports: [...targets] })))
}

/** Every group of files that import each other in a circle. */
export function findCycles(modules: readonly Pick<SourceModule, 'path' | 'imports'>[]): string[][] {
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
