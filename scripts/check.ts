/**
 * Everything that can be said about the code without running it: format and lint, types, the house's arrows, documents.
 * Ends with 1 when any part fails, after all parts have spoken. `--write` repairs what a machine can repair.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './setup.mjs'

const write = process.argv.includes('--write')
const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)
/** Incremental: what did not change since the last check is not checked again. */
const types = (project: string) => {
  const info = join(ROOT, 'node_modules/.cache/tsc', `${project.replaceAll('/', '-')}.tsbuildinfo`)
  return [bin('tsc'), '--noEmit', '-p', project, '--incremental', '--tsBuildInfoFile', info]
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  'format and lint': [bin('biome'), 'check', '--error-on-warnings', ...(write ? ['--write'] : [])],
  types: types('tsconfig.build.json'),
  'types of the tests': types('tsconfig.test.json'),
  'types of the recorder page': types('recorder-page'),
  'types of the console': types('console'),
  "types of the demo's studio": types('examples/demo/studio'),
  'types of the pages of the tests': types('test/scene/page'),
  'types of the page of the benchmark': types('bench/quality/page'),
  kernels: [process.execPath, join(ROOT, 'scripts/build-kernels.ts'), ...(write ? ['--write'] : [])],
  architecture: [bin('vitest'), 'run', '--project', 'pure', 'test/architecture', '--reporter=dot'],
  docs: [process.execPath, join(ROOT, 'scripts/check-docs.ts'), ...(write ? ['--write'] : [])],
}

const results = Object.entries(PARTS).map(([name, [program = '', ...args]]) => {
  const startedAt = performance.now()
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' })
  return { name, passed: status === 0, sec: (performance.now() - startedAt) / 1000 }
})
for (const { name, passed, sec } of results) console.log(`${passed ? '✓' : '✗'} ${name} (${sec.toFixed(1)} s)`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
