import { AppError, errorInfo, type Recording, type RecordingSpec, toAppError } from '../protocol/index.ts'
import { findSource, move, wrongState } from './changes.ts'
import { checkLayout, checkSourceUrl, checkSpec, checkUrls, MAX_SOURCES } from './check-spec.ts'
import { cursorAfter, parseCursor } from './cursor.ts'
import type { Deletions } from './deletions.ts'
import type {
  Clock,
  CommandLog,
  OutboundPolicy,
  RecordingRepository,
  RoomSignals,
  StartQueue,
  TakeQueue,
} from './ports.ts'
import { buildRecord, type RecordingRecord, roomOf } from './record.ts'
import type { Recordings } from './recordings.ts'
import { dueAt } from './schedules/start-queue.ts'
import { sendCommand } from './send-command.ts'
import { isFinal } from './state.ts'
import { isBetweenTakes } from './takes/takes-of-record.ts'
import { toRecording, toSource } from './view.ts'
import type { RecordingWriter } from './write.ts'

export interface RecordingsPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
  readonly line: StartQueue
  readonly deletions: Pick<Deletions, 'delete'>
  readonly outbound: OutboundPolicy
  readonly rooms: RoomSignals
  readonly clock: Clock
  /** A new ULID: a recording's id without its prefix, or a command's id. */
  readonly newUlid: () => string
  /** 32 hexadecimal digits (W3C Trace Context §3.2.2.3). */
  readonly newTraceId: () => string
  readonly publicUrl: string | null
}

/** The use cases of recordings over their ports. */
export function createRecordings(ports: RecordingsPorts): Recordings {
  const { repository, writer, rooms, outbound, takeQueue } = ports
  const orders = { commands: ports.commands, writer, newId: ports.newUlid }
  const viewAll = async (records: readonly RecordingRecord[]): Promise<Recording[]> => {
    const waiting = records.filter(({ state }) => state === 'requested')
    const places = waiting.length === 0 ? new Map() : await ports.line.places(waiting.map(({ id }) => id))
    return records.map((record) => {
      const place = places.get(record.id)
      const queued = place === undefined ? null : { ...place, since: dueAt(record).toISOString() }
      return { ...toRecording(record, ports.publicUrl), queued }
    })
  }
  const view = async (record: RecordingRecord): Promise<Recording> => (await viewAll([record]))[0] as Recording

  return {
    async start(spec) {
      checkSpec(spec)
      await checkUrls(spec, outbound)
      return await view(await startRecording(ports, spec))
    },

    async get(id) {
      return await view(await repository.find(id))
    },

    async list({ limit, cursor, ...filters }) {
      const beforeId = cursor === undefined ? {} : { beforeId: parseCursor(cursor, 'rec') }
      const records = await repository.list({ ...filters, ...beforeId, limit: limit + 1 })
      const page = records.slice(0, limit)
      const last = page.at(-1)
      return { items: await viewAll(page), nextCursor: records.length > limit && last ? cursorAfter(last.id) : null }
    },

    async stop(id) {
      let isLeft = false
      const record = await writer.change(id, (current, now) => {
        isLeft = current.state === 'recovering' && isBetweenTakes(current)
        if (isLeft) return move(current, 'finalizing', now)
        return current.state === 'requested' ? move(current, 'cancelled', now) : undefined
      })
      if (isLeft) await takeQueue.enqueueClose(id)
      else if (!isFinal(record.state) && record.state !== 'finalizing')
        await sendCommand(orders, record, { type: 'stop' }).catch(ignoreEnded)
      return await view(await repository.find(id))
    },

    async pause(id) {
      await sendCommand(orders, await repository.find(id), { type: 'pause' })
      return await view(await repository.find(id))
    },

    async resume(id) {
      await sendCommand(orders, await repository.find(id), { type: 'resume' })
      return await view(await repository.find(id))
    },

    delete: (id, { highlights }) => ports.deletions.delete(id, highlights),

    async setLayout(id, layout) {
      const record = await repository.find(id)
      checkLayout(layout, specsOf(record))
      await sendCommand(orders, record, { type: 'layout', layout })
      return await view(await repository.find(id))
    },

    async addSource(id, source) {
      const record = await repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'source.add')
      checkRoomForSource(record, source.id)
      await checkSourceUrl(source, outbound)
      await sendCommand(orders, record, { type: 'source.add', source })
      return toSource(sourceOf(await repository.find(id), source.id))
    },

    async updateSource(id, sourceId, patch) {
      const record = await repository.find(id)
      sourceOf(record, sourceId)
      await sendCommand(orders, record, { type: 'source.update', sourceId, patch })
      return toSource(sourceOf(await repository.find(id), sourceId))
    },

    async removeSource(id, sourceId) {
      const record = await repository.find(id)
      sourceOf(record, sourceId)
      await sendCommand(orders, record, { type: 'source.remove', sourceId })
    },

    async sendSignals(id, signals) {
      const record = await repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'signals')
      if (record.spec.signalling === undefined) await rooms.publish(roomOf(record), signals)
      else await sendCommand(orders, record, { type: 'signals', signals })
    },
  }
}

/** Stores and queues the recording; one that cannot be queued is left `failed`, and the caller hears why. */
async function startRecording(ports: RecordingsPorts, spec: RecordingSpec): Promise<RecordingRecord> {
  const { writer, takeQueue, clock } = ports
  const record = buildRecord(spec, { id: `rec_${ports.newUlid()}`, traceId: ports.newTraceId(), now: clock() })
  await writer.insert({ record, facts: [{ type: 'recording.state' }] })
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

const specsOf = (record: RecordingRecord) => record.sources.map((source) => source.spec)

function sourceOf(record: RecordingRecord, sourceId: string) {
  const source = findSource(record, sourceId)
  if (source !== undefined) return source
  throw new AppError('source.not-found', `The recording ${record.id} has no source ${JSON.stringify(sourceId)}.`, {
    received: sourceId,
    allowed: record.sources.map(({ spec }) => spec.id).join(', ') || 'none: it has no sources',
  })
}

function checkRoomForSource(record: RecordingRecord, sourceId: string): void {
  if (findSource(record, sourceId) !== undefined) {
    throw new AppError(
      'source.duplicate',
      `The recording ${record.id} already has a source ${JSON.stringify(sourceId)}.`,
      {
        field: '/id',
        received: sourceId,
      },
    )
  }
  if (record.sources.length >= MAX_SOURCES) {
    throw new AppError(
      'source.limit',
      `The recording ${record.id} has ${MAX_SOURCES} sources, which is the most: remove one first.`,
      {
        allowed: `${MAX_SOURCES} sources`,
      },
    )
  }
}

/** A recording that ended while it was told to stop did what was asked. */
function ignoreEnded(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'recording.wrong-state')) throw error
}
