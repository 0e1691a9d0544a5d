import { toAppError } from '../../protocol/index.ts'
import { Planner } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import { createHighlightWriter, type HighlightWriter } from '../write.ts'
import { ClipsOfDeleted } from './clips-of-deleted.ts'
import { DueClips } from './due-clips.ts'
import { requestCutsAgain } from './request-cuts.ts'
import { StoredProgress } from './stored-progress.ts'
import { sweepClips } from './sweep-clips.ts'

/** Plans each clip as soon as its media are stored. Disposing it ends the subscriptions and timers. */
export class ClipSchedule implements Disposable {
  readonly #ports: HighlightsPorts
  readonly #planner: Planner
  readonly #due: DueClips
  readonly #progress: StoredProgress
  /** What the deletion of a recording asks of its clips. */
  readonly ofDeleted: ClipsOfDeleted

  constructor(ports: HighlightsPorts) {
    const writer: HighlightWriter = createHighlightWriter(ports)
    this.#ports = ports
    this.#planner = new Planner(ports, writer)
    this.#due = new DueClips(ports, { writer, planner: this.#planner })
    this.#progress = new StoredProgress({
      ...ports,
      planDue: (recordingId, endMs) => this.#due.planUntil(recordingId, endMs),
    })
    this.ofDeleted = new ClipsOfDeleted(ports, { writer, due: this.#due })
  }

  /** Everything of the recording before `endMs` is stored: what waits for no more is planned, soon and in its turn. */
  storedUntil(recordingId: string, endMs: number): void {
    this.#progress.storedUntil(recordingId, endMs)
  }

  /** A take records: it is asked for the cuts that highlights still wait for. Errors: of the database. */
  async takeStarted(recordingId: string): Promise<void> {
    await requestCutsAgain(this.#ports, recordingId)
  }

  /** Nothing more will be stored: what still waits gets what there is. Never throws; the sweep does what failed. */
  async recordingEnded(recordingId: string): Promise<void> {
    this.#progress.forget(recordingId)
    await this.#due.planUntil(recordingId, Number.POSITIVE_INFINITY).catch((thrown: unknown) => {
      const what = 'what waited for the end of a recording could not be planned now'
      this.#ports.observer.trouble(toAppError(thrown), what, { recordingId })
    })
  }

  /**
   * Catches up with what a stopped service, a dead worker or an unreachable store left undone: plans what is due, queues
   * what is to be cut, ends deletions. Keeps what waiting highlights need of rolling recordings. Never throws.
   */
  async sweep(): Promise<void> {
    await sweepClips(this.#ports, { due: this.#due, planner: this.#planner })
  }

  /** Calls back when a highlight was triggered: a clip will be cut. */
  watchTriggers(onTrigger: () => void): Disposable {
    return this.#ports.highlights.watch((recordingId) => {
      if (recordingId !== undefined) onTrigger()
    })
  }

  [Symbol.dispose](): void {
    this.#progress[Symbol.dispose]()
  }
}
