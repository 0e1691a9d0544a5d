/**
 * Writes `lib/`: the sources as JavaScript with their declarations, for a package (Node strips no types inside
 * node_modules). The pages in `dist/` are already built when this runs. A checkout needs none of it.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './setup.mjs'

const lib = join(ROOT, 'lib')
const fresh = join(ROOT, 'lib.tmp')

rmSync(fresh, { recursive: true, force: true })
const { status } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
})
if (status !== 0) process.exit(1)

const out = join(fresh, 'src')
for (const path of globSync('**/*.js', { cwd: out })) renameScripts(join(out, path))
cpSync(join(ROOT, 'src/db/migrations'), join(out, 'db/migrations'), { recursive: true })
rmSync(lib, { recursive: true, force: true })
renameSync(out, lib)
rmSync(fresh, { recursive: true })

/** tsc renames imports, not the scripts that are started by their URL. */
function renameScripts(path: string): void {
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/(new URL\('\.[^']*)\.ts'/g, "$1.js'"))
}
