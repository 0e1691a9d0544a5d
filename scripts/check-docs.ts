/**
 * Holds the documents to the code: the README's table of settings, the links of every Markdown file, and a doc comment
 * for each exported name. `--write` renews the table instead of complaining about it.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findUndocumented } from './docs/doc-comments.ts'
import { findBrokenLinks } from './docs/links.ts'
import { costModule, isCostOfCode, readMeasuredCost, withCostTable } from './docs/measured-cost.ts'
import { withSettingsTable } from './docs/settings-table.ts'
import { ROOT } from './setup.mjs'

const WRITE = process.argv.includes('--write')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const list = (pattern: string) => globSync(pattern, { cwd: ROOT, exclude: ['node_modules', 'dist', 'data'] }).sort()

const sources = list('src/**/*.ts')
const documents = list('**/*.md')
const problems = [
  ...settingsProblems(WRITE),
  ...costProblems(WRITE),
  ...documents.flatMap((path) => findBrokenLinks(ROOT, path, read(path))),
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

function settingsProblems(write: boolean): string[] {
  const readme = read('README.md')
  const renewed = withSettingsTable(readme)
  if (renewed === readme) return []
  if (!write) return ['README.md: the table of settings is not what src/config says: run `npm run check -- --write`']
  writeFileSync(join(ROOT, 'README.md'), renewed)
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
