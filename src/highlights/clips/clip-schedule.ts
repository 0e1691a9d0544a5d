import { toAppError } from '../../protocol/index.ts'
import type { HighlightObserver, HighlightRepository } from '../ports.ts'

const RETRY_MS = 500
/** A recording that stored nothing for so long is paused, over or with another worker: the sweep does what becomes due. */
const SILENT_MS = 120_000

/**
 * Knows for each recording of this process until when it is stored and when the next highlight is due, so that a segment
 * costs nothing while none is. A highlight that begins to wait, in any process, is heard and read; what came before a
 * recording was known here is read with its first segment. So each is seen, whichever of the two is first. A recording
 * of which no segment comes any more is forgotten.
 */
export interface ClipSchedule extends Disposable {
  storedUntil(recordingId: string, endMs: number): void
  forget(recordingId: string): void
}

export interface ClipSchedulePorts {
  readonly highlights: Pick<HighlightRepository, 'nextDueMs' | 'watch'>
  readonly observer: Pick<HighlightObserver, 'trouble'>
  /** Plans what is due in a recording that is stored until `endMs`. */
  readonly planDue: (recordingId: string, endMs: number) => Promise<void>
  readonly silentMs?: number
}

interface Watched {
  endMs: number
  dueMs: number
  /** True when `dueMs` has to be read (again). */
  stale: boolean
  /** True when there is news since the last look. */
  news: boolean
  busy: boolean
  /** Forgets it. */
  readonly silence: NodeJS.Timeout
}

export function createClipSchedule(ports: ClipSchedulePorts): ClipSchedule {
  const { highlights, observer, planDue, silentMs = SILENT_MS } = ports
  const recordings = new Map<string, Watched>()
  const timers = new Set<NodeJS.Timeout>()

  const look = async (recordingId: string, watched: Watched): Promise<void> => {
    watched.news = true
    if (watched.busy) return
    watched.busy = true
    try {
      while (watched.news && recordings.get(recordingId) === watched) {
        watched.news = false
        if (watched.stale) {
          watched.stale = false
          watched.dueMs = (await highlights.nextDueMs(recordingId)) ?? Number.POSITIVE_INFINITY
        }
        if (watched.dueMs > watched.endMs) continue
        watched.stale = true
        await planDue(recordingId, watched.endMs)
      }
    } catch (thrown) {
      watched.stale = true
      observer.trouble(toAppError(thrown), 'what is due of a recording could not be planned now', { recordingId })
      later(recordingId, watched)
    } finally {
      watched.busy = false
    }
  }
  const later = (recordingId: string, watched: Watched) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (recordings.get(recordingId) === watched) void look(recordingId, watched)
    }, RETRY_MS)
    timers.add(timer)
  }
  const listening = highlights.watch((heard) => {
    for (const [recordingId, watched] of recordings) {
      if (heard !== undefined && heard !== recordingId) continue
      watched.stale = true
      void look(recordingId, watched)
    }
  })

  const forget = (recordingId: string): void => {
    clearTimeout(recordings.get(recordingId)?.silence)
    recordings.delete(recordingId)
  }
  const begin = (recordingId: string, endMs: number): Watched => {
    const silence = setTimeout(() => forget(recordingId), silentMs)
    const watched = { endMs, dueMs: 0, stale: true, news: false, busy: false, silence }
    recordings.set(recordingId, watched)
    return watched
  }

  return {
    storedUntil(recordingId, endMs) {
      const watched = recordings.get(recordingId) ?? begin(recordingId, endMs)
      watched.silence.refresh()
      watched.endMs = Math.max(watched.endMs, endMs)
      if (watched.stale || watched.dueMs <= watched.endMs) void look(recordingId, watched)
    },
    forget,
    [Symbol.dispose]() {
      listening[Symbol.dispose]()
      for (const recordingId of [...recordings.keys()]) forget(recordingId)
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
