import { randomUUID } from 'node:crypto'
import type { SegmentStore } from '../store/index.ts'
import { objectKey } from './keys.ts'
import { getText, putText } from './stored-text.ts'

/** A lock of one host among several that finalize the same recording at once, each with segments that only it has. */
export interface FinalizeLock {
  /** False when another host has taken the lock since: what this one read may be stale. Errors: those of the store. */
  holds(): Promise<boolean>
  end(): Promise<void>
}

/**
 * Takes the lock from whoever has it: the last one wins. It is advisory, a check before a write, because not every S3 has
 * conditional writes.
 */
export async function takeFinalizeLock(store: SegmentStore, recordingId: string): Promise<FinalizeLock> {
  const key = objectKey(recordingId, 'finalizeLock')
  const own = `${JSON.stringify({ holder: randomUUID() })}\n`
  await putText(store, key, own)
  return {
    holds: async () => (await getText(store, key)) === own,
    end: () => store.delete(key),
  }
}
