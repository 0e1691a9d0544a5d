import type { RecorderCommandBody } from '../../protocol/index.ts'
import { isFinal, isRunning, type RecordingRecord } from '../../recording/index.ts'
import type { HighlightsPorts } from '../ports.ts'
import { type HighlightRecord, msOf } from '../record.ts'

/**
 * Ends the running segment at the moment and at the end of the range, so that both are stored at once. It only makes the
 * clip come earlier: no caller waits for it, and a recorder that cannot be reached costs some seconds. Errors: of the database.
 */
export async function requestCuts(
  ports: HighlightsPorts,
  { state }: RecordingRecord,
  record: HighlightRecord,
): Promise<void> {
  if (isFinal(state) || state === 'requested') return
  const nowMs = ports.clock().getTime()
  const now: RecorderCommandBody[] = isRunning(state) && msOf(record.at) <= nowMs ? [{ type: 'cut' }] : []
  await append(ports, record.recordingId, [...now, ...cutsAhead([record], nowMs)])
}

/** Asks a take that has just begun for the cuts that are still ahead: its page knows none. Errors: of the database. */
export async function requestCutsAgain(ports: HighlightsPorts, recordingId: string): Promise<void> {
  const waiting = await ports.highlights.due(Number.POSITIVE_INFINITY, recordingId)
  await append(ports, recordingId, cutsAhead(waiting, ports.clock().getTime()))
}

function cutsAhead(records: readonly HighlightRecord[], nowMs: number): readonly RecorderCommandBody[] {
  const times = new Set(records.flatMap(({ at, to }) => [msOf(at), msOf(to)]))
  return [...times].filter((atMs) => atMs > nowMs).map((atMs) => ({ type: 'cut', atMs }))
}

async function append(
  ports: HighlightsPorts,
  recordingId: string,
  commands: readonly RecorderCommandBody[],
): Promise<void> {
  for (const command of commands) {
    await ports.commands.append({ id: ports.newUlid(), recordingId, command, applied: false })
  }
}
