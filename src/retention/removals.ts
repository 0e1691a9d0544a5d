import { folderKey, parseSegmentName, type SegmentPlace, splitKey } from '../archive/keys.ts'
import { type Clock, ignoreDeleted, isFinal, type RecordingRepository } from '../recording/index.ts'
import type { SegmentStore } from '../store/segment-store.ts'
import { type NextRemoval, planRemoval, type RemovalMark } from './plan-removal.ts'
import type { RetainedSegments, StoredWindow } from './ports.ts'
import { isBefore, withNeighbours } from './segment-place.ts'

interface RemovalsPorts {
  readonly repository: Pick<RecordingRepository, 'find'>
  readonly retained: RetainedSegments
  readonly store: SegmentStore
  readonly clock: Clock
  /** Undefined while nothing is stored. */
  readonly windowOf: (recordingId: string) => Promise<StoredWindow | undefined>
}

/** Removes the media that have left the playlists of a rolling recording. */
export class Removals {
  readonly #ports: RemovalsPorts

  constructor(ports: RemovalsPorts) {
    this.#ports = ports
  }

  /**
   * Idempotent. Undefined: there is nothing more to remove, ever. Errors: of the store and the database, and the signal's
   * reason.
   */
  async run(
    recordingId: string,
    marks: readonly RemovalMark[],
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<NextRemoval | undefined> {
    const { repository, windowOf, clock } = this.#ports
    signal?.throwIfAborted()
    const record = await repository.find(recordingId).catch(ignoreDeleted)
    if (record === undefined) return undefined
    const window = await windowOf(recordingId)
    const nowMs = clock().getTime()
    const due = marks.filter(({ dueMs }) => dueMs <= nowMs).at(-1)
    if (due !== undefined) await this.#removeBefore(recordingId, due, signal)
    return planRemoval({ marks, window, nowMs, isOver: isFinal(record.state) })
  }

  async #removeBefore(recordingId: string, place: SegmentPlace, signal?: AbortSignal): Promise<void> {
    const { retained, store } = this.#ports
    const kept = withNeighbours(await retained.of(recordingId))
    for await (const { key } of store.list(folderKey(recordingId, 'takes'))) {
      signal?.throwIfAborted()
      const { name } = splitKey(key)
      const found = parseSegmentName(name)
      if (found !== undefined && isBefore(found, place) && !kept.has(name)) await store.delete(key)
    }
  }
}
