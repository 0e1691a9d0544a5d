import { spawnSync } from 'node:child_process'
import { rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT_NODE } from './plan.mjs'

/**
 * The Node that runs the project: the one that the npm package `node` puts into node_modules.
 * @param {string} root
 */
export function projectNode(root) {
  return join(root, 'node_modules/.bin/node')
}

/**
 * True when that Node is there, runs on this machine, and has the right major version.
 * @param {string} root
 */
export function projectNodeWorks(root) {
  const { status, stdout } = spawnSync(projectNode(root), ['--version'], { encoding: 'utf8' })
  return status === 0 && stdout.startsWith(`v${PROJECT_NODE}.`)
}

/**
 * Does what the package's own install script does, for an npm that did not run it (`ignore-scripts`, or a strict list
 * of allowed scripts).
 * @param {string} root
 */
export function repairProjectNode(root) {
  if (projectNodeWorks(root)) return
  spawnSync(process.execPath, ['installArchSpecificPackage'], { cwd: join(root, 'node_modules/node'), stdio: 'ignore' })
  rmSync(projectNode(root), { force: true })
  symlinkSync('../node/bin/node', projectNode(root))
  if (projectNodeWorks(root)) return
  throw new Error(
    `node_modules has no working Node ${PROJECT_NODE}: run "npm ci --include=dev --ignore-scripts=false", then run the same command again.`,
  )
}
