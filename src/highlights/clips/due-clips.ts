import { ignoreDeleted } from '../../recording/index.ts'
import type { Planner } from '../planner.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { HighlightRecord } from '../record.ts'
import type { HighlightWriter } from '../write.ts'

const RECORDING_DELETED = {
  code: 'recording.not-found',
  message: 'The recording was deleted before its clip could be made.',
} as const

/** Plans the waiting highlights whose media are stored. Errors: of the store and the database. */
export class DueClips {
  readonly #ports: Pick<HighlightsPorts, 'highlights' | 'recordings'>
  readonly #writer: HighlightWriter
  readonly #planner: Planner

  constructor(
    ports: Pick<HighlightsPorts, 'highlights' | 'recordings'>,
    { writer, planner }: { readonly writer: HighlightWriter; readonly planner: Planner },
  ) {
    this.#ports = ports
    this.#writer = writer
    this.#planner = planner
  }

  /** Those of the recording whose range ends not after `untilMs`. */
  async planUntil(recordingId: string, untilMs: number): Promise<void> {
    await this.plan(recordingId, await this.#ports.highlights.due(untilMs, recordingId))
  }

  /** Those of these, all of the one recording, that waiting longer would not change; all fail when the recording is gone. */
  async plan(recordingId: string, waiting: readonly HighlightRecord[]): Promise<void> {
    if (waiting.length === 0) return
    const recording = await this.#ports.recordings.findAny(recordingId).catch(ignoreDeleted)
    if (recording === undefined) return await this.#fail(waiting)
    const stored = await this.#planner.load(recording, waiting)
    for (const record of waiting) {
      if (this.#planner.isDue(record, recording, stored)) await this.#planner.plan(record, recording, stored)
    }
  }

  async #fail(waiting: readonly HighlightRecord[]): Promise<void> {
    for (const { id } of waiting) {
      await this.#writer.change(id, (current) =>
        current.state === 'waiting'
          ? { record: { ...current, state: 'failed', error: RECORDING_DELETED }, event: 'highlight.failed' }
          : undefined,
      )
    }
  }
}
