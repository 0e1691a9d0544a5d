import { toAppError } from '../../protocol/index.ts'
import { after, RETRY_POLICIES, WakeUp } from '../../timing/index.ts'
import type { HighlightObserver, HighlightRepository } from '../ports.ts'

/** A recording that stored nothing for so long is paused, over or with another worker: the sweep does what becomes due. */
const SILENT_MS = 120_000

interface StoredProgressPorts {
  readonly highlights: Pick<HighlightRepository, 'nextDueMs' | 'watch'>
  readonly observer: Pick<HighlightObserver, 'trouble'>
  /** Plans what is due in a recording that is stored until `endMs`. */
  readonly planDue: (recordingId: string, endMs: number) => Promise<void>
  readonly silentMs?: number
}

/**
 * Keeps for each recording of this process until when it is stored and when its next highlight is due, so that a segment
 * costs no query while none is. A notification of any process marks the due time as stale; a recording that is new here is
 * read with its first segment. So no highlight is missed, whichever of the two comes first. A recording whose segments stop
 * is forgotten.
 */
export class StoredProgress implements Disposable {
  readonly #ports: StoredProgressPorts
  readonly #recordings = new Map<string, RecordingProgress>()
  readonly #subscription: Disposable

  constructor(ports: StoredProgressPorts) {
    this.#ports = ports
    this.#subscription = ports.highlights.watch((recordingId) => this.#onWaiting(recordingId))
  }

  storedUntil(recordingId: string, endMs: number): void {
    const known = this.#recordings.get(recordingId)
    if (known !== undefined) return known.storedUntil(endMs)
    const forget = () => this.forget(recordingId)
    this.#recordings.set(recordingId, new RecordingProgress(this.#ports, { recordingId, endMs, forget }))
  }

  forget(recordingId: string): void {
    this.#recordings.get(recordingId)?.[Symbol.dispose]()
    this.#recordings.delete(recordingId)
  }

  #onWaiting(recordingId: string | undefined): void {
    const changed = recordingId === undefined ? this.#recordings.values() : [this.#recordings.get(recordingId)]
    for (const recording of changed) recording?.reread()
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]()
    for (const recordingId of [...this.#recordings.keys()]) this.forget(recordingId)
  }
}

interface Beginning {
  readonly recordingId: string
  readonly endMs: number
  /** Called when no segment has come for a long time. */
  readonly forget: () => void
}

/** One recording, planned one step at a time until it is disposed. */
class RecordingProgress implements Disposable {
  readonly #ports: StoredProgressPorts
  readonly #recordingId: string
  readonly #forget: () => void
  readonly #over = new AbortController()
  readonly #news = new WakeUp()
  #silence: Disposable | undefined
  #endMs: number
  #dueMs = 0
  /** True when `#dueMs` has to be read (again). */
  #isStale = true

  constructor(ports: StoredProgressPorts, { recordingId, endMs, forget }: Beginning) {
    this.#ports = ports
    this.#recordingId = recordingId
    this.#forget = forget
    this.#endMs = endMs
    this.#restartSilence()
    void this.#follow()
  }

  storedUntil(endMs: number): void {
    this.#restartSilence()
    this.#endMs = Math.max(this.#endMs, endMs)
    if (this.#isStale || this.#dueMs <= this.#endMs) this.#news.ring()
  }

  /** A highlight of the recording may have begun to wait. */
  reread(): void {
    this.#isStale = true
    this.#news.ring()
  }

  [Symbol.dispose](): void {
    this.#silence?.[Symbol.dispose]()
    this.#over.abort()
  }

  #restartSilence(): void {
    this.#silence?.[Symbol.dispose]()
    this.#silence = after(this.#ports.silentMs ?? SILENT_MS, this.#forget)
  }

  /** Plans now and with each news; after a failure also without any. */
  async #follow(): Promise<void> {
    const { signal } = this.#over
    while (!signal.aborted) {
      const isDone = await this.#planDue()
      await this.#news.wait({ signal, ...(!isDone && { ms: RETRY_POLICIES.planning.firstMs }) })
    }
  }

  async #planDue(): Promise<boolean> {
    const { highlights, planDue, observer } = this.#ports
    const recordingId = this.#recordingId
    try {
      if (this.#isStale) {
        this.#isStale = false
        this.#dueMs = (await highlights.nextDueMs(recordingId)) ?? Number.POSITIVE_INFINITY
      }
      if (this.#dueMs > this.#endMs || this.#over.signal.aborted) return true
      this.#isStale = true
      await planDue(recordingId, this.#endMs)
      return true
    } catch (thrown) {
      this.#isStale = true
      observer.trouble(toAppError(thrown), 'what is due of a recording could not be planned now', { recordingId })
      return false
    }
  }
}
