import { type Recording, toAppError } from '../protocol/index.ts'
import type { OnTrouble, StartQueue } from './ports.ts'
import type { RecordingRecord } from './record.ts'
import { dueAt } from './schedules/start-queue.ts'
import { toRecording } from './view.ts'

interface ViewPorts {
  readonly startQueue: StartQueue
  readonly publicUrl: string | null
  readonly onTrouble: OnTrouble
}

/** Recordings as the API shows them, with their place in the start queue. */
export class RecordingViews {
  readonly #startQueue: StartQueue
  readonly #publicUrl: string | null

  readonly #onTrouble: OnTrouble

  constructor({ startQueue, publicUrl, onTrouble }: ViewPorts) {
    this.#startQueue = startQueue
    this.#publicUrl = publicUrl
    this.#onTrouble = onTrouble
  }

  /** Of one that was just written: it is there, also when its place cannot be read. */
  async written(record: RecordingRecord): Promise<Recording> {
    try {
      return await this.one(record)
    } catch (thrown) {
      this.#onTrouble(toAppError(thrown), 'the place of a recording in the line could not be read', {
        recordingId: record.id,
      })
      return this.#view(record, new Map())
    }
  }

  async one(record: RecordingRecord): Promise<Recording> {
    return this.#view(record, await this.#places([record]))
  }

  async all(records: readonly RecordingRecord[]): Promise<Recording[]> {
    const places = await this.#places(records)
    return records.map((record) => this.#view(record, places))
  }

  async #places(records: readonly RecordingRecord[]): Promise<Places> {
    const waiting = records.filter(({ state }) => state === 'requested')
    return waiting.length === 0 ? new Map() : await this.#startQueue.places(waiting.map(({ id }) => id))
  }

  #view(record: RecordingRecord, places: Places): Recording {
    const place = places.get(record.id)
    const queued = place === undefined ? null : { ...place, since: dueAt(record).toISOString() }
    return { ...toRecording(record, this.#publicUrl), queued }
  }
}

type Places = Awaited<ReturnType<StartQueue['places']>>
