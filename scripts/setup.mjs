/**
 * Makes a fresh clone on a bare machine ready, and does nothing on one that is: npm packages with Node 24 among them,
 * Chrome, FFmpeg, fonts, and the bundles of pages and functions. Runs on Node 20 with nothing installed.
 */
import { fileURLToPath } from 'node:url'
import { applyStep } from './setup/apply.mjs'
import { look } from './setup/look.mjs'
import { projectNodeWorks, repairProjectNode } from './setup/node.mjs'
import { planSetup } from './setup/plan.mjs'

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

/** Ends with everything in place, or throws an error whose message says in one sentence what to do. */
export function setUp(root = ROOT, say = (line) => process.stderr.write(`${line}\n`)) {
  const { steps, refusals } = planSetup(look(root, process.env))
  if (refusals.length > 0) throw new Error(refusals.join('\n'))
  for (const step of steps) applyStep(step, { root, say })
  if (!projectNodeWorks(root)) repairProjectNode(root)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setUp()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
