import { resolve } from 'node:path'
import { lifeOf, type ProcessIdentity, type ProcessLife } from '../machine/index.ts'

/** Folders of the spool that this process has open. */
const OPEN = new Set<string>()

/** Says that this process works in a folder, until it is disposed. */
export function occupyFolder(path: string): Disposable {
  const key = resolve(path)
  OPEN.add(key)
  return { [Symbol.dispose]: () => void OPEN.delete(key) }
}

/**
 * Of whoever made a folder. What this process made and has left is gone as a dead process's is: a worker that lives for months
 * must not hold what it could not store for as long.
 */
export async function lifeOfFolder(path: string, owner: ProcessIdentity): Promise<ProcessLife> {
  if (owner.pid === process.pid && !OPEN.has(resolve(path))) return 'gone'
  return await lifeOf(owner)
}
