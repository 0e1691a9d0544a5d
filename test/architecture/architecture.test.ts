import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  crowdedFolders,
  findCycles,
  folderCycles,
  forbiddenArrows,
  impurities,
  liesIn,
  longFunctions,
  reachesPastIndex,
  saysWhatItIsFor,
  unusedPermissions,
} from './check-house.ts'
import { findUnusedExports } from './find-unused.ts'
import {
  FEWEST_FILES,
  HOUSE,
  MAX_FILE_LINES,
  MAX_FOLDER_FILES,
  MAX_FUNCTION_LINES,
  OUTSIDE_USERS,
  POWERS,
} from './house.ts'
import { readModule } from './read-module.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const exclude = ['**/node_modules/**', '**/dist/**', '**/*.d.ts']
const list = (pattern: string) => globSync(pattern, { cwd: root, exclude }).sort()
const everything = Object.keys(FEWEST_FILES)
  .flatMap((folder) => list(`${folder}/**/*.{ts,tsx}`))
  .map((path) => readModule(root, path))
const paths = new Set(everything.map(({ path }) => path))
/** The product, without what tests and measures it. */
const product = everything.filter(({ path }) => /^(src|recorder-page|console)\//.test(path))
const kit = everything.filter(({ path }) => path.startsWith('test/kit/'))

describe('the house', () => {
  it.each(Object.entries(FEWEST_FILES))('is read whole: %s', (folder, fewest) => {
    expect(everything.filter(({ path }) => liesIn(path, folder)).length).toBeGreaterThanOrEqual(fewest)
  })

  it('has only the arrows of its table', () => {
    expect(everything.flatMap(forbiddenArrows)).toEqual([])
  })

  it('has no permission that nobody uses', () => {
    expect(unusedPermissions(everything)).toEqual([])
  })

  it('has rooms that meet at their index, or at a port', () => {
    expect(product.flatMap(reachesPastIndex)).toEqual([])
  })

  it('has no export that nobody imports', () => {
    expect(findUnusedExports(everything, OUTSIDE_USERS)).toEqual([])
  })

  it('imports only files that exist', () => {
    const missing = everything.flatMap(({ path, imports }) =>
      imports
        .filter(
          (target) =>
            /^(src|recorder-page|console|test|bench|examples|scripts)\/.*\.tsx?$/.test(target) && !paths.has(target),
        )
        .map((target) => `${path} -> ${target}`),
    )
    expect(missing).toEqual([])
  })

  it('has no import cycle', () => {
    expect(findCycles(everything).map((cycle) => cycle.join(' -> '))).toEqual([])
  })

  it.each(Object.entries(POWERS))('only where it may, it %s', (power, places) => {
    const elsewhere = product
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
      .filter((folder) => product.some(({ path }) => path.startsWith(`${folder}/`)))
      .filter((folder) => !product.some(({ path, text }) => path === `${folder}/index.ts` && saysWhatItIsFor(text)))
    expect(silent).toEqual([])
  })

  it.each(['recorder-page', 'console'])('has no circle between the folders of %s', (page) => {
    expect(folderCycles(page, product).map((cycle) => cycle.join(' -> '))).toEqual([])
  })

  it(`has no function longer than ${MAX_FUNCTION_LINES} lines`, () => {
    expect([...product, ...kit].flatMap(longFunctions)).toEqual([])
  })

  it('has only pure functions where a file name promises them', () => {
    expect(product.flatMap(impurities)).toEqual([])
  })

  it(`has no folder with more than ${MAX_FOLDER_FILES} files beside each other`, () => {
    expect(crowdedFolders([...paths])).toEqual([])
  })

  it(`has no file longer than ${MAX_FILE_LINES} lines`, () => {
    const long = list('{src,recorder-page,console,test,bench,examples,scripts}/**/*.{ts,tsx,mjs}')
      .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > MAX_FILE_LINES)
    expect(long).toEqual([])
  })
})
