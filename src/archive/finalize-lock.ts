import { randomUUID } from 'node:crypto'
import type { SegmentStore } from '../store/index.ts'
import { objectKey } from './keys.ts'
import { getText, putText } from './stored-text.ts'

/** The turn of one of several hosts that would close the same recording at once, each with what only it has. */
export interface FinalizeLock {
  /** False when another has come since: what this one read may not be what is there. Errors: those of the store. */
  holds(): Promise<boolean>
  end(): Promise<void>
}

/**
 * Whoever comes last has the turn. As the fence it is a look before a write, not a lock: the S3 that we test with has no
 * conditional PUT.
 */
export async function takeFinalizeLock(store: SegmentStore, recordingId: string): Promise<FinalizeLock> {
  const key = objectKey(recordingId, 'finalizeLock')
  const own = `${JSON.stringify({ turn: randomUUID() })}\n`
  await putText(store, key, own)
  return {
    holds: async () => (await getText(store, key)) === own,
    end: () => store.delete(key),
  }
}
