import { resolve } from 'node:path'
import { lifeOf, type ProcessIdentity, type ProcessLife } from '../machine/index.ts'

/** Folders of the spool that this process has open. */
const OPEN = new Set<string>()

/** Marks a folder as one that this process works in, until it is disposed. */
export function occupyFolder(path: string): Disposable {
  const key = resolve(path)
  OPEN.add(key)
  return { [Symbol.dispose]: () => void OPEN.delete(key) }
}

/**
 * The life of whoever made a folder. A folder that this process made and has left counts as a dead process's: a worker that lives
 * for months must not hold what it could not store for as long.
 */
export function lifeOfFolder(path: string, owner: ProcessIdentity): ProcessLife {
  if (owner.pid === process.pid && !OPEN.has(resolve(path))) return 'gone'
  return lifeOf(owner)
}
