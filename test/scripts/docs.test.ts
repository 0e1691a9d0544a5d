import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findUndocumented } from '../../scripts/docs/doc-comments.ts'
import { findBrokenLinks, findMislabelledLinks, findUnknownSources } from '../../scripts/docs/links.ts'
import { costModule, isCostOfCode, readMeasuredCost, withCostTable } from '../../scripts/docs/measured-cost.ts'
import { withSettingsTable } from '../../scripts/docs/settings-table.ts'

const namesOf = (text: string) => findUndocumented('a.ts', text).map(({ name, line }) => `${name}:${line}`)

describe('findUndocumented', () => {
  it('wants a doc comment for functions, classes and interfaces', () => {
    expect(namesOf('export function a() {}\nexport class B {}\nexport interface C { d: 1 }')).toEqual([
      'a:1',
      'B:2',
      'C:3',
    ])
  })

  it('takes a doc comment that stands right above', () => {
    expect(namesOf('/** Never throws. */\nexport function a() {}')).toEqual([])
    expect(namesOf('/** Never throws. */\nconst x = 1\nexport function a() {}')).toEqual(['a:3'])
    expect(namesOf('// Never throws.\nexport function a() {}')).toEqual(['a:2'])
  })

  it('lets members speak for an interface, and the function for its options', () => {
    expect(
      namesOf('export interface A {\n  /** Milliseconds. */\n  b: number\n}\nexport interface COptions { d: 1 }'),
    ).toEqual([])
  })

  it('lets the returned type speak for a factory', () => {
    expect(
      namesOf('export function createA(): A {}\nexport function createB() {}\nexport function readC(): C {}'),
    ).toEqual(['createB:2', 'readC:3'])
  })

  it('asks nothing of private names, types, constants and re-exports', () => {
    expect(namesOf(`function a() {}\nexport type B = 1\nexport const c = 2\nexport * from './d.ts'`)).toEqual([])
  })
})

describe('findBrokenLinks', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'panorec-links-'))
    writeFileSync(join(root, 'there.md'), '')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('names the links and pictures that lead nowhere', () => {
    const text = '[a](there.md#part) [b](gone.md) ![c](./gone.jpg "title") <img src="lost.png">'
    expect(findBrokenLinks(root, 'README.md', text)).toEqual([
      'README.md: the link to gone.md leads nowhere',
      'README.md: the link to ./gone.jpg leads nowhere',
      'README.md: the link to lost.png leads nowhere',
    ])
  })

  it('leaves sites, fragments and code alone', () => {
    const text = '[a](https://example.com) [b](#part) `[c](gone.md)`\n```\n[d](gone.md)\n```'
    expect(findBrokenLinks(root, 'README.md', text)).toEqual([])
  })
})

describe('findMislabelledLinks', () => {
  it('names the links that are labelled as another file than theirs', () => {
    const text = '[old.ts](src/new.ts) [new.ts](src/new.ts) [src/new.ts](src/new.ts#part) [api.md](docs/api.md#links)'
    expect(findMislabelledLinks('README.md', text)).toEqual(['README.md: the link to src/new.ts is labelled old.ts'])
  })

  it('leaves words, folders and code alone', () => {
    const text = '[the plan](src/new.ts) [src/rules](src/rules/index.ts) `[old.ts](src/new.ts)`'
    expect(findMislabelledLinks('README.md', text)).toEqual([])
  })
})

describe('findUnknownSources', () => {
  it('names the source files with a folder that are not there', () => {
    const text = '`whep/stats.ts` and `src/whep/stats.ts`, `sources/stats.ts`, `stats.ts`, `whep/`, `a/b.m3u8`'
    expect(findUnknownSources('README.md', text, ['src/whep/stats.ts'])).toEqual([
      'README.md: `sources/stats.ts` is no file of the project',
    ])
  })
})

describe('withSettingsTable', () => {
  const EMPTY = '# A\n<!-- settings: written by `npm run check -- --write` -->\nold\n<!-- /settings -->\nend'

  it('puts every setting into its place and changes nothing the second time', () => {
    const once = withSettingsTable(EMPTY)
    expect(once).toMatch(/^\| `PANOREC_PORT` +\|/m)
    expect(once).not.toContain('\nold\n')
    expect(once.endsWith('<!-- /settings -->\nend')).toBe(true)
    expect(withSettingsTable(once)).toBe(once)
  })

  it('complains about a README without a place for it', () => {
    expect(() => withSettingsTable('# A')).toThrow('README.md has no')
  })
})

describe('the measured cost', () => {
  const table = (cores: string) =>
    `## Other\n\n| this recorder | 9 | 9 | 9 MB |\n\n## CPU and memory of a recording\n\n| this recorder | ${cores} | 2.35 | 1291 MB |\n\n_2026-11-21: 2 × AMD_\n`

  it('is read from its own table, with the date of it', () => {
    expect(readMeasuredCost(table('0.88'))).toEqual({ cpuCores: 0.88, memoryBytes: 1291e6, measuredOn: '2026-11-21' })
    expect(() => readMeasuredCost(table('?'))).toThrow('this recorder')
    expect(() => readMeasuredCost('# Nothing')).toThrow('docs/benchmarks.md')
  })

  it('is the one that the code has, or the check fails', async () => {
    const { MEASURED_COST } = await import('../../src/protocol/measured-cost.ts')
    expect(isCostOfCode(MEASURED_COST)).toBe(true)
    expect(isCostOfCode({ ...MEASURED_COST, cpuCores: MEASURED_COST.cpuCores / 2 })).toBe(false)
    expect(costModule(MEASURED_COST)).toContain(`cpuCores: ${MEASURED_COST.cpuCores}`)
  })

  it('goes into the place that the page has for it, and leaves the rest', () => {
    const page =
      'a\n<!-- cost: written by `npm run check -- --write` from docs/benchmarks.md -->\nold\n<!-- /cost -->\nb\n'
    const renewed = withCostTable(page, readMeasuredCost(table('0.41')))
    expect(renewed).toMatch(
      /^a\n<!-- cost[^>]*-->\n\n\| per recording[\s\S]*0\.41 cores \(measured on 2026-11-21\)[\s\S]*<!-- \/cost -->\nb\n$/,
    )
    expect(renewed).not.toContain('old')
    expect(() => withCostTable('nothing', readMeasuredCost(table('0.41')))).toThrow('docs/operations.md')
  })
})
