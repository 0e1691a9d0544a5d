/**
 * Holds the documents to the code: the tables of settings, costs and error codes, the calls of the API, the metrics, the
 * links and file names of every Markdown file, and a doc comment for each exported name. `--write` renews the tables instead of
 * complaining about them.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readAppRoutes } from './docs/app-routes.ts'
import { findUndocumented } from './docs/doc-comments.ts'
import { findUnknownCodes, withErrorTable } from './docs/error-codes.ts'
import { findBrokenLinks, findMislabelledLinks, findUnknownSources } from './docs/links.ts'
import { costModule, isCostOfCode, readMeasuredCost, withCostTable } from './docs/measured-cost.ts'
import { findMissingMetrics, findUnknownMetrics, readMetrics } from './docs/metrics.ts'
import { findCallProblems, findUnknownPaths } from './docs/routes.ts'
import { withSettingsTable } from './docs/settings-table.ts'
import { ROOT } from './setup.mjs'

const WRITE = process.argv.includes('--write')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const list = (pattern: string) => globSync(pattern, { cwd: ROOT, exclude: ['node_modules', 'dist', 'data'] }).sort()

const sources = list('src/**/*.ts')
const documents = list('**/*.md')
const files = list('**/*.{ts,tsx,mjs}')
const routes = await readAppRoutes()
const metrics = readMetrics()
const problems = [
  ...tableProblems('README.md', withSettingsTable, 'src/config'),
  ...tableProblems('docs/errors.md', withErrorTable, 'src/protocol/errors.ts'),
  ...costProblems(WRITE),
  ...findCallProblems('docs/api.md', read('docs/api.md'), routes),
  ...findMissingMetrics('docs/operations.md', read('docs/operations.md'), metrics),
  ...documents.flatMap((path) => findUnknownPaths(path, read(path), routes)),
  ...documents.flatMap((path) => findUnknownMetrics(path, read(path), metrics)),
  ...documents.flatMap((path) => findUnknownCodes(path, read(path))),
  ...documents.flatMap((path) => findBrokenLinks(ROOT, path, read(path))),
  ...documents.flatMap((path) => findMislabelledLinks(path, read(path))),
  ...documents.flatMap((path) => findUnknownSources(path, read(path), files)),
  ...sources
    .flatMap((path) => findUndocumented(path, read(path)))
    .map(
      ({ path, line, name }) =>
        `${path}:${line}: \`${name}\` needs a doc comment: a guarantee, a unit, an error or a reason`,
    ),
]
if (sources.length === 0 || documents.length === 0) problems.push('There is nothing to check: is this the project?')

for (const problem of problems) console.error(problem)
console.log(`docs: ${sources.length} sources and ${documents.length} documents read, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1

/** A page whose table is not what the code says is renewed, or named. */
function tableProblems(path: string, renew: (page: string) => string, source: string): string[] {
  const page = read(path)
  const renewed = renew(page)
  if (renewed === page) return []
  if (!WRITE) return [`${path}: its table is not what ${source} says: run \`npm run check -- --write\``]
  writeFileSync(join(ROOT, path), renewed)
  return []
}

function costProblems(write: boolean): string[] {
  const cost = readMeasuredCost(read('docs/benchmarks.md'))
  const page = read('docs/operations.md')
  const renewed = withCostTable(page, cost)
  if (renewed === page && isCostOfCode(cost)) return []
  if (!write)
    return [
      'docs/benchmarks.md, docs/operations.md and src/protocol/measured-cost.ts differ: run `npm run check -- --write`',
    ]
  writeFileSync(join(ROOT, 'docs/operations.md'), renewed)
  writeFileSync(join(ROOT, 'src/protocol/measured-cost.ts'), costModule(cost))
  return []
}
