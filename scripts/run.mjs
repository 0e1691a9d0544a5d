/**
 * `node scripts/run.mjs <file> <args…>`: sets up, then runs a file on the project's Node 24 with the arguments that
 * follow. A shell that found Node 20 first keeps using it for the rest of a script line, so npm scripts start here.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { projectNode } from './setup/node.mjs'
import { ROOT, setUp } from './setup.mjs'

try {
  setUp()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

/** What was compiled once is not compiled again by the many processes that a test or a class starts. */
const env = {
  NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'),
  ...process.env,
  PATH: `${ROOT}/node_modules/.bin:${process.env.PATH ?? ''}`,
}
const child = spawn(projectNode(ROOT), process.argv.slice(2), { stdio: 'inherit', env })

/** A terminal sends Ctrl-C to the child too: passing it on would make it two. */
const passOn = (signal) => process.on(signal, () => child.kill(signal))
passOn('SIGTERM')
passOn('SIGHUP')
if (process.stdin.isTTY) process.on('SIGINT', () => {})
else passOn('SIGINT')

child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
