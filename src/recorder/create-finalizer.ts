import type { SegmentStore } from '../store/index.ts'
import { clearDeadTakes } from './clear-dead-takes.ts'
import { type FinalizedRecording, type FinalizeOptions, finalizeRecording } from './finalize-recording.ts'

/** Closes recordings from the store and the spool of this machine. */
export interface RecordingFinalizer {
  finalize(recordingId: string, end: Omit<FinalizeOptions, 'spoolDir'>): Promise<FinalizedRecording>
}

/** Calls for one recording wait for each other: two at once would each publish what the other does not know. */
export function createFinalizer(store: SegmentStore, spoolDir: string): RecordingFinalizer {
  const turns = new Map<string, Promise<unknown>>()
  return {
    async finalize(recordingId, end) {
      const before = turns.get(recordingId) ?? Promise.resolve()
      const turn = before
        .catch(() => undefined)
        .then(async () => {
          await clearDeadTakes(spoolDir, recordingId)
          return await finalizeRecording(store, recordingId, { ...end, spoolDir })
        })
      turns.set(recordingId, turn)
      return await turn.finally(() => {
        if (turns.get(recordingId) === turn) turns.delete(recordingId)
      })
    },
  }
}
