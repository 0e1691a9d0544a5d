import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { crowdedFolders, findCycles, forbiddenArrows, impurities, liesIn, saysWhatItIsFor } from './check-house.ts'
import { FEWEST_FILES, HOUSE, MAX_FILE_LINES, MAX_FOLDER_FILES, POWERS } from './house.ts'
import { readModule } from './read-module.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const list = (pattern: string) => globSync(pattern, { cwd: root }).sort()
const modules = Object.keys(FEWEST_FILES)
  .flatMap((folder) => list(`${folder}/**/*.{ts,tsx}`))
  .map((path) => readModule(root, path))
const paths = new Set(modules.map(({ path }) => path))

describe('the house', () => {
  it.each(Object.entries(FEWEST_FILES))('is read whole: %s', (folder, fewest) => {
    expect(modules.filter(({ path }) => liesIn(path, folder)).length).toBeGreaterThanOrEqual(fewest)
  })

  it('has only the arrows of its table', () => {
    expect(modules.flatMap(forbiddenArrows)).toEqual([])
  })

  it('imports only files that exist', () => {
    const missing = modules.flatMap(({ path, imports }) =>
      imports
        .filter((target) => /^(src|recorder-page|console)\/.*\.tsx?$/.test(target) && !paths.has(target))
        .map((target) => `${path} -> ${target}`),
    )
    expect(missing).toEqual([])
  })

  it('has no import cycle', () => {
    expect(findCycles(modules).map((cycle) => cycle.join(' -> '))).toEqual([])
  })

  it.each(Object.entries(POWERS).slice(0, 3))('only where it may, it %s', (power, places) => {
    const elsewhere = modules
      .filter(({ path }) => !places.some((place) => liesIn(path, place)))
      .flatMap((module) =>
        module.powers.filter((use) => use.power === power).map(({ line }) => `${module.path}:${line}`),
      )
    expect(elsewhere).toEqual([])
  })

  it('has an index.ts in every folder that says what it is for and what it never does', () => {
    const folders = HOUSE.filter((room) => room.path !== 'src/bin' && room.path.startsWith('src/')).map(
      (room) => room.path,
    )
    const silent = folders
      .filter((folder) => modules.some(({ path }) => path.startsWith(`${folder}/`)))
      .filter((folder) => !modules.some(({ path, text }) => path === `${folder}/index.ts` && saysWhatItIsFor(text)))
    expect(silent).toEqual([])
  })

  it('has only pure functions where a file name promises them', () => {
    expect(modules.flatMap(impurities)).toEqual([])
  })

  it(`has no folder with more than ${MAX_FOLDER_FILES} files beside each other`, () => {
    expect(crowdedFolders([...paths, ...list('test/**/*.ts')])).toEqual([])
  })

  it(`has no file longer than ${MAX_FILE_LINES} lines`, () => {
    const long = list('{src,recorder-page,console,test,bench,examples,scripts}/**/*.{ts,tsx,mjs}')
      .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_FILE_LINES)
    expect(long).toEqual([])
  })
})
