import { AppError, errorInfo, type RecordingSpec, toAppError } from '../protocol/index.ts'
import { move, wrongState } from './changes.ts'
import { checkLayout, checkSpec, checkUrls } from './check-spec.ts'
import { CommandSender } from './command-sender.ts'
import { createSources } from './create-sources.ts'
import { cutPage, pageOfRecords } from './cursor.ts'
import type {
  Clock,
  CommandLog,
  OnTrouble,
  OutboundPolicy,
  RecordingRepository,
  RoomSignals,
  StartQueue,
  TakeQueue,
} from './ports.ts'
import { buildRecord, type RecordingRecord, roomOf } from './record.ts'
import { RecordingViews } from './recording-views.ts'
import type { Once, Recordings } from './recordings.ts'
import { dueAt } from './schedules/start-queue.ts'
import { isFinal } from './state.ts'
import { isBetweenTakes } from './takes/takes-of-record.ts'
import type { RecordingWriter } from './write.ts'

export interface RecordingsPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
  readonly startQueue: StartQueue
  readonly outbound: OutboundPolicy
  readonly rooms: RoomSignals
  readonly clock: Clock
  /** A new ULID: a recording's id without its prefix, or a command's id. */
  readonly newUlid: () => string
  /** 32 hexadecimal digits (W3C Trace Context §3.2.2.3). */
  readonly newTraceId: () => string
  readonly publicUrl: string | null
  readonly onTrouble: OnTrouble
}

/** The use cases of recordings over their ports. */
export function createRecordings(ports: RecordingsPorts): Recordings {
  const views = new RecordingViews(ports)
  const sender = new CommandSender({ ...ports, newId: ports.newUlid })
  return {
    ...createReads(ports, views),
    ...createControls(ports, { views, sender }),
    ...createSources(ports, sender),

    async start(spec, once) {
      checkSpec(spec)
      await checkUrls(spec, ports.outbound)
      return await views.written(await startRecording(ports, spec, once))
    },

    async sendSignals(id, signals) {
      const record = await ports.repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'signals')
      if (record.spec.signalling === undefined) await ports.rooms.publish(roomOf(record), signals)
      else await sender.send(record, { type: 'signals', signals })
    },
  }
}

function createReads({ repository }: RecordingsPorts, views: RecordingViews): Pick<Recordings, 'get' | 'list'> {
  return {
    async get(id) {
      return await views.one(await repository.find(id))
    },

    async list({ limit, cursor, ...filters }) {
      const asked = pageOfRecords({ limit, ...(cursor !== undefined && { cursor }) }, 'rec')
      const { page, nextCursor } = cutPage(await repository.list({ ...filters, ...asked }), limit)
      return { items: await views.all(page), nextCursor }
    },
  }
}

type Controls = Pick<Recordings, 'stop' | 'pause' | 'resume' | 'setLayout'>

function createControls(
  { repository, writer, takeQueue }: RecordingsPorts,
  { views, sender }: { readonly views: RecordingViews; readonly sender: CommandSender },
): Controls {
  const viewNow = async (id: string) => await views.one(await repository.find(id))
  return {
    async stop(id) {
      let isUnattended = false
      const record = await writer.change(id, (current, now) => {
        isUnattended = current.state === 'recovering' && isBetweenTakes(current)
        if (isUnattended) return move(current, 'finalizing', now)
        return current.state === 'requested' ? move(current, 'cancelled', now) : undefined
      })
      if (isUnattended) await takeQueue.enqueueClose(id)
      else if (!isFinal(record.state) && record.state !== 'finalizing')
        await sender.send(record, { type: 'stop' }).catch(ignoreEnded)
      return await viewNow(id)
    },

    async pause(id) {
      await sender.send(await repository.find(id), { type: 'pause' })
      return await viewNow(id)
    },

    async resume(id) {
      await sender.send(await repository.find(id), { type: 'resume' })
      return await viewNow(id)
    },

    async setLayout(id, layout) {
      const record = await repository.find(id)
      checkLayout(
        layout,
        record.sources.map(({ spec }) => spec),
      )
      await sender.send(record, { type: 'layout', layout })
      return await viewNow(id)
    },
  }
}

/** Stores and queues the recording; one that cannot be queued is left `failed`, and its error is thrown. */
async function startRecording(
  ports: RecordingsPorts,
  spec: RecordingSpec,
  once: Once | undefined,
): Promise<RecordingRecord> {
  const { repository, writer, takeQueue, clock } = ports
  const birth = { traceId: ports.newTraceId(), now: clock() }
  const record = buildRecord(spec, { ...birth, id: `rec_${once?.ulid ?? ports.newUlid()}` })
  if (!(await writer.insert({ record, facts: [{ type: 'recording.state' }] }))) {
    const earlier = await repository.find(record.id)
    // What the earlier call left could not be queued, and its caller was told so.
    const isLost = earlier.state === 'failed' && earlier.takes.length === 0
    if (isLost) return await startRecording(ports, spec, undefined)
    // A recording that waits without a job is queued by the next sweep of the open ones.
    return earlier
  }
  // What begins later is queued by a worker when it is due.
  if (dueAt(record) > clock()) return record
  try {
    await takeQueue.enqueue(record.id)
  } catch (thrown) {
    const error = toAppError(thrown)
    await writer.change(record.id, (current, now) => move(current, 'failed', now, { error: errorInfo(error) }))
    throw error
  }
  return record
}

/** A recording that ended before the stop reached it did what was asked. */
function ignoreEnded(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'recording.wrong-state')) throw error
}
