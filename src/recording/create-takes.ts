import { AppError, type ErrorInfo, errorInfo, type RecorderRequest } from '../protocol/index.ts'
import { applyOrder, applyReport, beginTake, move, type TakeReport } from './changes.ts'
import type { CommandLog, RecordingRepository, RoomAccess, TakeQueue } from './ports.ts'
import { buildRecorderRequest, type RecorderSurroundings, type RecordingRecord, roomOf } from './record.ts'
import { isFinal, OPEN_STATES } from './state.ts'
import type { RecordingWriter } from './write.ts'

/** The use cases of the worker that runs takes. */
export interface Takes {
  /** Begins the recording's next take; undefined when it was stopped or failed before. */
  begin(recordingId: string, surroundings: RecorderSurroundings): Promise<RecorderRequest | undefined>
  /** Writes what the take reports. A report of a take that is not the running one is without effect. */
  report(recordingId: string, take: number, report: TakeReport): Promise<void>
  /** The recorder's answer to a command: the record follows it, and whoever waits hears it. */
  settle(recordingId: string, commandId: string, error: ErrorInfo | null): Promise<void>
  /** Fails a recording whose worker died: `recorder.lost`. False when no worker had it, or it has ended. */
  failLost(recordingId: string): Promise<boolean>
  /** Fails every recording that a worker had. Returns their ids; their playlists are still open. */
  failAllLost(): Promise<readonly string[]>
  /** Queues the recordings that wait for a worker, in case a service died before it could. */
  requeue(): Promise<void>
  /** Fails recordings that have waited for a free recorder since before `deadline`: `capacity.exhausted`. */
  failWaiting(deadline: Date): Promise<void>
}

export interface TakesPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
  readonly roomAccess: RoomAccess
}

export function createTakes({ repository, writer, commands, takeQueue, roomAccess }: TakesPorts): Takes {
  const failLost = async (recordingId: string): Promise<boolean> => {
    let failed = false
    await writer.change(recordingId, (record, now) => {
      failed = !isFinal(record.state) && record.state !== 'requested'
      return failed ? failOutside(record, LOST, now) : undefined
    })
    return failed
  }

  return {
    failLost,

    async failAllLost() {
      const lost: string[] = []
      for (const { id } of await listOpen(repository)) if (await failLost(id)) lost.push(id)
      return lost
    },

    async begin(recordingId, surroundings) {
      const record = await writer.change(recordingId, (current, now) =>
        current.state === 'requested' ? beginTake(current, now) : undefined,
      )
      const take = record.takes.at(-1)
      if (record.state !== 'starting' || take === undefined) return undefined
      const signalling = record.spec.signalling ?? (await roomAccess.signallingFor(roomOf(record), record.id))
      return buildRecorderRequest(record, take.number, signalling, surroundings)
    },

    async report(recordingId, take, report) {
      await writer.change(recordingId, (record, now) => applyReport(record, take, report, now))
    },

    async settle(recordingId, commandId, error) {
      const command = await commands.find(commandId)
      if (command === undefined || command.answer !== undefined) return
      if (error === null && !command.applied) {
        await writer.change(recordingId, (record, now) => applyOrder(record, command.order, now))
      }
      await commands.answer(commandId, { error })
    },

    async requeue() {
      const waiting = (await listOpen(repository)).filter(({ state }) => state === 'requested')
      for (const { id } of waiting) await takeQueue.enqueue(id)
    },

    async failWaiting(deadline) {
      const waiting = await repository.list({ limit: 1000, states: ['requested'] })
      for (const { id } of waiting.filter((record) => new Date(record.createdAt) < deadline)) {
        const error = new AppError(
          'capacity.exhausted',
          'No recorder became free in time: raise `PANOREC_MAX_RECORDINGS`, add a worker, or start fewer recordings at once.',
        )
        await writer.change(id, (record, now) =>
          record.state === 'requested' ? move(record, 'failed', now, { error: errorInfo(error) }) : undefined,
        )
      }
    },
  }
}

const LOST: ErrorInfo = {
  code: 'recorder.lost',
  message: 'The worker of this recording disappeared; what was stored until then plays.',
}

function failOutside(record: RecordingRecord, info: ErrorInfo, now: Date) {
  const takes = record.takes.map((take) =>
    take.endedAt === null ? { ...take, endedAt: now.toISOString(), error: info } : take,
  )
  return move(record, 'failed', now, { error: info, takes })
}

const PAGE = 100

async function listOpen(repository: RecordingRepository): Promise<readonly RecordingRecord[]> {
  const all: RecordingRecord[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await repository.list({ limit: PAGE, states: OPEN_STATES, ...(last && { beforeId: last.id }) })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
