import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const IMPORT = /(?:from|import)\s+'(\.{1,2}\/[^']+)'/g

/** Every file of these parts of the kit, with the files of the repository that it imports. */
function importsOf(part: string): { path: string; imports: string[] }[] {
  return globSync(`test/kit/${part}/**/*.ts`, { cwd: ROOT }).map((path) => ({
    path,
    imports: [...readFileSync(join(ROOT, path), 'utf8').matchAll(IMPORT)].map(([, target = '']) =>
      normalize(join(dirname(path), target)),
    ),
  }))
}

const arrowsTo = (part: string, isForbidden: (target: string) => boolean) =>
  importsOf(part).flatMap(({ path, imports }) => imports.filter(isForbidden).map((target) => `${path} -> ${target}`))

test('imports no test and no benchmark', () => {
  expect(importsOf('*').length).toBeGreaterThan(40)
  expect(arrowsTo('*', (target) => !/^(test\/kit|src)\//.test(target))).toEqual([])
})

test.each(['sources', 'servers', 'watch'])('%s never import the product', (part) => {
  expect(importsOf(part).length).toBeGreaterThan(4)
  expect(arrowsTo(part, (target) => !target.startsWith('test/kit/'))).toEqual([])
})
