import { rm } from 'node:fs/promises'

/** Removes a file or a folder with all that is in it, while processes that are just dying may still write into it. Idempotent. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
}
