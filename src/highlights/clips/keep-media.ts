import { toAppError } from '../../protocol/index.ts'
import { ignoreDeleted, type RecordingRecord } from '../../recording/index.ts'
import { frameMsOf, loadFor } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import { type HighlightRecord, msOf } from '../record.ts'
import { keptOf, withKept } from './kept-segments.ts'

/** The shortest window of a rolling recording is 60 s: a sweep that fails leaves time for the next ones. */
const KEEP_EVERY_MS = 20_000

/**
 * Writes down which of the stored media these highlights that wait will need, so that a rolling recording keeps them. It
 * does nothing in a recording that keeps everything. Errors: of the store and the database.
 */
export async function keepMedia(
  ports: HighlightsPorts,
  recording: RecordingRecord,
  waiting: readonly HighlightRecord[],
): Promise<void> {
  if (recording.spec.retention?.rollingSec === undefined) return
  const nowMs = ports.clock().getTime()
  const needy = waiting.filter((record) => needsMore(record, nowMs))
  if (needy.length === 0) return
  const stored = await loadFor(ports.index, recording, needy)
  if (stored === undefined) return
  const marginMs = frameMsOf(recording)
  for (const { id } of needy) {
    await ports.highlights.update(id, (current) => {
      if (current.state !== 'waiting') return undefined
      const range = { fromMs: msOf(current.from), toMs: msOf(current.to), marginMs }
      const segments = keptOf(withKept(current.segments, stored.segments), range)
      return isSame(segments, current.segments ?? []) ? undefined : { record: { ...current, segments }, events: [] }
    })
  }
}

/** Keeps the media of all waiting highlights. A failure of one recording is reported, not thrown. Errors: of the database. */
export async function keepAllMedia(ports: HighlightsPorts): Promise<void> {
  const waiting = await ports.highlights.due(Number.POSITIVE_INFINITY)
  for (const [recordingId, records] of Map.groupBy(waiting, (record) => record.recordingId)) {
    try {
      const recording = await ports.recordings.find(recordingId).catch(ignoreDeleted)
      if (recording !== undefined) await keepMedia(ports, recording, records)
    } catch (thrown) {
      ports.observer.trouble(toAppError(thrown), 'what a highlight needs could not be kept now', { recordingId })
    }
  }
}

function needsMore({ from, to, segments }: HighlightRecord, nowMs: number): boolean {
  const last = segments?.at(-1)
  const keptMs = last === undefined ? msOf(from) - KEEP_EVERY_MS : last.startMs + last.durationSec * 1000
  return msOf(from) <= nowMs && keptMs < msOf(to) && keptMs + KEEP_EVERY_MS <= nowMs
}

type Uris = readonly { readonly uri: string }[]
const isSame = (some: Uris, others: Uris): boolean =>
  some.length === others.length && some.every(({ uri }, index) => uri === others[index]?.uri)
