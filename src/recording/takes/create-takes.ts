import { type ErrorInfo, errorInfo, type Handover, type RecorderRequest } from '../../protocol/index.ts'
import {
  applyOrder,
  applyReport,
  beginTake,
  closeRecord,
  handOver,
  move,
  type Outcome,
  reserveTake,
  type TakeReport,
} from '../changes.ts'
import type { Clock, CommandLog, RecordingRepository, RoomAccess, StartQueue, TakeQueue } from '../ports.ts'
import {
  buildRecorderRequest,
  lastNumber,
  type RecorderSurroundings,
  type RecordingRecord,
  roomOf,
  type Verdict,
} from '../record.ts'
import { dueAt, isOverdue, lookAgain, noRoom, type Watch } from '../schedules/start-queue.ts'
import { OPEN_STATES } from '../state.ts'
import type { RecordingWriter } from '../write.ts'
import { type BrokenTake, createOfflineTakes } from './offline-takes.ts'
import type { RecoveryPolicy } from './plan-next-take.ts'
import { isWaiting, loseTake, type NextStep, planStep } from './plan-step.ts'
import { isBetweenTakes, mayAnswer } from './takes-of-record.ts'

/** The next take of a recording before it is written: `delayMs` and `since` as in a written step. */
export interface OfflineTake {
  readonly delayMs: number
  readonly since: string | null
  readonly request: RecorderRequest
}

/** The use cases of the worker that runs takes. */
export interface Takes {
  /**
   * For the worker that was given the recording: whoever had it before has not any more, so a take that still seems to run
   * is over as `recorder.lost`.
   */
  resume(recordingId: string): Promise<NextStep>
  /**
   * Begins the recording's next take, with the number that was foreseen for it if there is one; undefined when it was stopped
   * meanwhile, or is somebody else's: ask `resume` what to do.
   */
  begin(
    recordingId: string,
    surroundings: RecorderSurroundings,
    foreseen?: number,
  ): Promise<RecorderRequest | undefined>
  /**
   * What follows a take that ended without being asked to, as far as this process knows it while the database is away. It is
   * to be written with `interrupt` and `begin`, in this order, before anything else of the recording. Undefined when the
   * recording has to wait for the database.
   */
  foresee(recordingId: string, broken: BrokenTake, surroundings: RecorderSurroundings): Promise<OfflineTake | undefined>
  /** The recording is not this worker's any more. */
  leave(recordingId: string): void
  /**
   * What the take needs that is to take over from the running one; undefined when there is none. Its number is written, so that
   * no other take ever has it, and nothing else of it.
   */
  prepareNext(
    recordingId: string,
    handover: Handover,
    surroundings: RecorderSurroundings,
  ): Promise<RecorderRequest | undefined>
  /** The take `to` has the recording now; false when the recording does not go on after the take `from`, or not with `to`. */
  handOver(recordingId: string, border: { readonly from: number; readonly to: number }): Promise<boolean>
  /** Writes what the take reports. A take that another has followed can only tell what it stored. */
  report(recordingId: string, take: number, report: TakeReport): Promise<void>
  /** The take ended and nobody had asked for it; it is written, and the next step is decided. */
  interrupt(recordingId: string, take: number, end: { at: string; error: ErrorInfo }): Promise<NextStep>
  /**
   * The recorder's answer to a command: the record follows it, and whoever waits hears it. A take that was given up answers for
   * nobody: the next one is brought the same command.
   */
  settle(
    recordingId: string,
    take: number,
    answer: { readonly commandId: string; readonly error: ErrorInfo | null },
  ): Promise<void>
  /** How a recording that no recorder has is to be closed in the store; undefined when it is not to be. */
  verdict(recordingId: string): Promise<Verdict | undefined>
  /** Ends a recording whose playlists were closed, or cannot be: then `stored` is undefined. */
  close(recordingId: string, verdict: Verdict, stored: Parameters<typeof closeRecord>[2]): Promise<void>
  /** Queues the open recordings that are due and have lost their job, because somebody died before it could queue them. */
  requeue(): Promise<void>
  /**
   * Fails recordings that have waited for a recorder for longer than they may: `capacity.exhausted`. Called again and again: a
   * wait counts only while it is.
   */
  failWaiting(): Promise<void>
  /** Scheduled recordings that are due by then, with the time that is left. */
  scheduled(until: Date): Promise<readonly { readonly recordingId: string; readonly inMs: number }[]>
  /** Queues a recording that is due. Queueing it twice is as once. */
  enqueue(recordingId: string): Promise<void>
}

export interface TakesPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
  readonly roomAccess: RoomAccess
  readonly line: StartQueue
  readonly clock: Clock
  /** How long a recording waits for a recorder that does not say it itself. */
  readonly maxQueueSec: number
  readonly recovery?: RecoveryPolicy
  /** So many takes of a recording may begin one after the other while the database is away; 0 where it never is. */
  readonly takesAhead: number
}

export function createTakes(ports: TakesPorts): Takes {
  const { repository, writer, commands, takeQueue, roomAccess, line, clock, recovery, takesAhead } = ports
  const bornAt = clock()
  const nextStep = (record: RecordingRecord) => planStep(record, { now: clock(), bornAt }, recovery)
  const foresight = createOfflineTakes(takesAhead)
  const change: RecordingWriter['change'] = async (id, decide) => {
    const record = await writer.change(id, decide)
    foresight.changed(record)
    return record
  }
  const requestFor = async (record: RecordingRecord, number: number, surroundings: RecorderSurroundings) => {
    const signalling = record.spec.signalling ?? (await roomAccess.signallingFor(roomOf(record), record.id))
    return buildRecorderRequest(record, number, signalling, surroundings)
  }
  let watch: Watch | undefined

  return {
    async resume(recordingId) {
      foresight.forget(recordingId)
      let isOrphaned = false
      const record = await change(recordingId, (current, now) => {
        const lost = loseTake(current, now)
        isOrphaned = lost !== undefined
        return lost
      })
      const step = nextStep(record)
      return step.action === 'close' && record.state === 'finalizing' ? { ...step, isOrphaned } : step
    },

    async begin(recordingId, surroundings, foreseen) {
      let begun = false
      const record = await change(recordingId, (current, now) => {
        // An answer that was lost on its way makes the caller ask again.
        begun = !isBetweenTakes(current) && (lastNumber(current) === foreseen || foresight.isOwn(current))
        if (begun) return undefined
        const numbers = isWaiting(current) ? foresight.numbers(current, foreseen) : undefined
        begun = numbers !== undefined
        return numbers && beginTake(current, now, numbers)
      })
      if (!begun) return undefined
      foresight.began(record)
      if (record.spec.retention?.rollingSec !== undefined) await takeQueue.enqueueRemoval(recordingId)
      return await requestFor(record, lastNumber(record), surroundings)
    },

    async foresee(recordingId, broken, surroundings) {
      const record = foresight.interrupted(recordingId, broken, clock())
      const step = record && nextStep(record)
      if (record === undefined || step?.action !== 'begin') return undefined
      const next = foresight.begin(record, clock())
      if (next === undefined) return undefined
      const request = await requestFor(next, lastNumber(next), surroundings)
      return { delayMs: step.delayMs, since: step.since, request }
    },

    leave: foresight.forget,

    async prepareNext(recordingId, handover, surroundings) {
      let reserved: Outcome | undefined
      const record = await change(recordingId, (current) => {
        reserved = reserveTake(current, takesAhead)
        return reserved
      })
      const number = record.takes.at(-1)?.successor
      if (reserved === undefined || number === undefined) return undefined
      return { ...(await requestFor(record, number, surroundings)), handover }
    },

    async handOver(recordingId, border) {
      const record = await change(recordingId, (current, now) => handOver(current, border, now))
      return lastNumber(record) === border.to
    },

    async report(recordingId, take, report) {
      await change(recordingId, (record, now) => applyReport(record, take, report, now))
    },

    async interrupt(recordingId, take, end) {
      const report = { type: 'interrupted', ...end } as const
      const record = await change(recordingId, (current, now) => applyReport(current, take, report, now))
      // Somebody else has it.
      if (lastNumber(record) !== take) return { action: 'none' }
      return nextStep(record)
    },

    async settle(recordingId, take, { commandId, error }) {
      const command = await commands.find(commandId)
      if (command === undefined || command.answer !== undefined) return
      let counts = false
      await change(recordingId, (current, now) => {
        counts = mayAnswer(current, take)
        return counts && error === null && !command.applied ? applyOrder(current, command.order, now) : undefined
      })
      if (counts) await commands.answer(commandId, { error })
    },

    async verdict(recordingId) {
      const record = await repository.find(recordingId)
      if (record.state === 'failed' || record.state === 'completed') return { state: record.state, error: record.error }
      const step = nextStep(record)
      return step.action === 'close' ? step.verdict : undefined
    },

    async close(recordingId, verdict, stored) {
      await change(recordingId, (record, now) => closeRecord(record, verdict, stored, now))
    },

    async requeue() {
      const begun = await listAll(repository, { states: OPEN_STATES.filter((state) => state !== 'requested') })
      const due = [...begun, ...(await listAll(repository, { states: ['requested'], dueBefore: clock() }))]
      if (due.length === 0) return
      const lost = new Set(await takeQueue.withoutJob(due.map(({ id }) => id)))
      for (const { id, takes } of due) if (lost.has(id)) await takeQueue.enqueue(id, { goesOn: takes.length > 0 })
    },

    async failWaiting() {
      const now = clock()
      const due = await repository.list({ limit: 1000, states: ['requested'], dueBefore: now })
      const current = lookAgain(watch, now)
      watch = current
      const late = due.filter((record) =>
        isOverdue(record, now, { watch: current, defaultQueueSec: ports.maxQueueSec }),
      )
      const places = await line.places(late.map(({ id }) => id))
      for (const record of late) {
        const place = places.get(record.id)
        if (place === undefined) continue
        const error = errorInfo(noRoom(record, place, now))
        await change(record.id, (current) =>
          current.state === 'requested' ? move(current, 'failed', now, { error }) : undefined,
        )
      }
    },

    async scheduled(until) {
      const now = clock().getTime()
      const due = await repository.list({ limit: 1000, states: ['requested'], dueBefore: until })
      return due
        .filter(({ spec }) => spec.startAt !== undefined)
        .map((record) => ({ recordingId: record.id, inMs: dueAt(record).getTime() - now }))
    },

    enqueue: (recordingId) => takeQueue.enqueue(recordingId),
  }
}

const PAGE = 100

async function listAll(
  repository: RecordingRepository,
  wanted: Pick<Parameters<RecordingRepository['list']>[0], 'states' | 'dueBefore'>,
): Promise<readonly RecordingRecord[]> {
  const all: RecordingRecord[] = []
  for (;;) {
    const last = all.at(-1)
    const page = await repository.list({ ...wanted, limit: PAGE, ...(last && { beforeId: last.id }) })
    all.push(...page)
    if (page.length < PAGE) return all
  }
}
