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

/** Each page and the folders that its bundle is made of. */
const INPUTS = {
  'recorder-page': ['recorder-page', 'src/protocol', 'src/room'],
  console: ['console', 'src/protocol', 'src/room', 'src/client'],
}

/**
 * The pages whose bundle in dist/ is not made of what is in the work tree now.
 * @param {string} root
 * @returns {import('./plan.d.mts').Page[]}
 */
export function stalePages(root) {
  return Object.keys(INPUTS).filter((page) => isPage(root, page) && readStamp(root, page) !== hashInputs(root, page))
}

/**
 * Bundles a page with Vite. The finished folder takes the old one's place in one step, so a running service, or a
 * second build at the same time, never meets half a page.
 * @param {string} root
 * @param {string} page
 */
export function buildPage(root, page) {
  const stamp = hashInputs(root, page)
  mkdirSync(join(root, 'dist'), { recursive: true })
  const fresh = mkdtempSync(join(root, 'dist', `.${page}-`))
  try {
    runVite(root, page, fresh)
    writeFileSync(join(fresh, '.stamp'), stamp)
    replaceFolder(fresh, join(root, 'dist', page))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function runVite(root, page, outDir) {
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', page, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn']
  const { status, stdout, stderr } = spawnSync(projectNode(root), args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page ${page} does not build:\n${stdout}${stderr}`)
}

function replaceFolder(fresh, target) {
  const old = `${fresh}.old`
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
}

function isPage(root, page) {
  return existsSync(join(root, page, 'index.html'))
}

function readStamp(root, page) {
  const path = join(root, 'dist', page, '.stamp')
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** By content, not by time: a checkout that touches files makes nothing stale. The lock stands for the libraries. */
function hashInputs(root, page) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const folder of INPUTS[page]) {
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
