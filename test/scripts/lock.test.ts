import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly version?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const url = new URL('../../package-lock.json', import.meta.url)
const { packages }: { packages: Record<string, Locked> } = JSON.parse(readFileSync(url, 'utf8'))

/** Where npm cannot see a package of another platform it leaves it out, and `npm ci` then refuses the lock everywhere. */
it('locks every optional package, so that npm ci accepts the lock on every machine', () => {
  const locked = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')))
  const left = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(left.length).toBeGreaterThan(50)
  expect(left.filter((name) => !locked.has(name))).toEqual([])
})

it('locks a version of every package', () => {
  const open = Object.entries(packages).filter(([path, { version }]) => path !== '' && version === undefined)
  expect(open.map(([path]) => path)).toEqual([])
})
