import { loadDeletion } from '../archive/index.ts'
import type { StoredTakes } from '../recording/record.ts'
import { listSpoolFolders, removeFolder } from '../spool/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { InTurn } from '../timing/index.ts'
import { clearDeadTakes } from './clear-dead-takes.ts'
import { type FinalizeOptions, finalizeRecording } from './finalize-recording.ts'

/** Closes recordings from the store and the spool of this machine. */
export interface RecordingFinalizer {
  finalize(recordingId: string, end: Omit<FinalizeOptions, 'spoolDir'>): Promise<StoredTakes>
  /**
   * Removes what dead takes of a deleted recording left on this machine. False when the store does not say that it was
   * deleted: then nothing is removed. Errors: those of the store.
   */
  discard(recordingId: string): Promise<boolean>
}

/** Serializes the calls for one recording: two at once would each publish what the other does not know. */
export function createFinalizer(store: SegmentStore, spoolDir: string): RecordingFinalizer {
  const turns = new Map<string, InTurn>()
  return {
    async finalize(recordingId, end) {
      const turn = turns.get(recordingId) ?? new InTurn()
      turns.set(recordingId, turn)
      try {
        return await turn.run(async () => {
          await clearDeadTakes(spoolDir, recordingId)
          return await finalizeRecording(store, recordingId, { ...end, spoolDir })
        })
      } finally {
        if (!turn.isBusy) turns.delete(recordingId)
      }
    },
    async discard(recordingId) {
      if ((await loadDeletion(store, recordingId)) === undefined) return false
      await clearDeadTakes(spoolDir, recordingId)
      for (const { path, life } of await listSpoolFolders(spoolDir, recordingId)) {
        if (life === 'gone') await removeFolder(path)
      }
      return true
    },
  }
}
