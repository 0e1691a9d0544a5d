import type { RecorderRequest } from '../../protocol/index.ts'
import { buildRecorderRequest, type RecorderSurroundings, type RecordingRecord, roomOf } from '../record.ts'
import type { RecordingWriter } from '../write.ts'
import { OfflineTakes } from './offline-takes.ts'
import { type NextStep, planStep } from './plan-step.ts'
import type { TakesPorts } from './takes.ts'

/** What the use cases of takes share: their ports, and what this process knows of its recordings while the database is away. */
export class TakeContext {
  readonly ports: TakesPorts
  readonly offline: OfflineTakes
  readonly #bornAt: Date

  constructor(ports: TakesPorts) {
    this.ports = ports
    this.offline = new OfflineTakes(ports.takesAhead)
    this.#bornAt = ports.clock()
  }

  /** Changes the record, and remembers it as it is then. */
  async change(id: string, decide: Parameters<RecordingWriter['change']>[1]): Promise<RecordingRecord> {
    const record = await this.ports.writer.change(id, decide)
    this.offline.update(record)
    return record
  }

  nextStep(record: RecordingRecord): NextStep {
    return planStep(record, { now: this.ports.clock(), bornAt: this.#bornAt }, this.ports.recovery)
  }

  async requestFor(
    record: RecordingRecord,
    number: number,
    surroundings: RecorderSurroundings,
  ): Promise<RecorderRequest> {
    const signalling = record.spec.signalling ?? (await this.ports.roomAccess.signallingFor(roomOf(record), record.id))
    return buildRecorderRequest(record, number, signalling, surroundings)
  }
}
