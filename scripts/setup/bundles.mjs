import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { projectNode } from './node.mjs'

/** Each bundle: the folder whose `vite.config.ts` says how it is made, and what it is made of. */
const BUNDLES = {
  'recorder-page': { folder: 'recorder-page', inputs: ['recorder-page', 'src/protocol', 'src/room'] },
  console: { folder: 'console', inputs: ['console', 'src/protocol', 'src/room', 'src/client'] },
  functions: { folder: 'scripts/functions', inputs: ['scripts/functions', 'src'] },
}

/**
 * The bundles in dist/ that are not made of what is in the work tree now.
 * @param {string} root
 * @returns {import('./plan.d.mts').Bundle[]}
 */
export function staleBundles(root) {
  return Object.keys(BUNDLES).filter((name) => isHere(root, name) && readStamp(root, name) !== hashInputs(root, name))
}

/**
 * Bundles a page or the functions with Vite. The finished folder takes the old one's place in one step, so a running service, or a
 * second build at the same time, never meets half a bundle.
 * @param {string} root
 * @param {string} name
 */
export function buildBundle(root, name) {
  const stamp = hashInputs(root, name)
  mkdirSync(join(root, 'dist'), { recursive: true })
  const fresh = mkdtempSync(join(root, 'dist', `.${name}-`))
  try {
    runVite(root, name, fresh)
    writeFileSync(join(fresh, '.stamp'), stamp)
    replaceFolder(fresh, join(root, 'dist', name))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function runVite(root, name, outDir) {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', BUNDLES[name].folder, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn']
  const { status, stdout, stderr } = spawnSync(projectNode(root), args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The bundle ${name} cannot be made:\n${stdout}${stderr}`)
}

function replaceFolder(fresh, target) {
  const old = `${fresh}.old`
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
}

/** A package has the bundles, but not what they are made of. */
function isHere(root, name) {
  return existsSync(join(root, BUNDLES[name].folder, 'vite.config.ts'))
}

function readStamp(root, name) {
  const path = join(root, 'dist', name, '.stamp')
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** By content, not by time: a checkout that touches files makes nothing stale. The lock stands for the libraries. */
function hashInputs(root, name) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const folder of BUNDLES[name].inputs) {
    for (const path of filesBelow(join(root, folder)))
      hash.update(`\n${path.slice(root.length)}\n`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
