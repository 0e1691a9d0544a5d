import { AppError, errorInfo, type RecordingSpec, toAppError } from '../protocol/index.ts'
import { findSource, move, wrongState } from './changes.ts'
import { checkLayout, checkSourceUrl, checkSpec, checkUrls, MAX_SOURCES } from './check-spec.ts'
import { cursorAfter, parseCursor } from './cursor.ts'
import { obey } from './obey.ts'
import type { Clock, CommandLog, OutboundPolicy, RecordingRepository, RoomSignals, TakeQueue } from './ports.ts'
import { buildRecord, type RecordingRecord, roomOf } from './record.ts'
import type { Recordings } from './recordings.ts'
import { isFinal } from './state.ts'
import { toRecording, toSource } from './view.ts'
import type { RecordingWriter } from './write.ts'

export interface RecordingsPorts {
  readonly repository: RecordingRepository
  readonly writer: RecordingWriter
  readonly commands: CommandLog
  readonly takeQueue: TakeQueue
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
  const { repository, writer, rooms, outbound } = ports
  const orders = { commands: ports.commands, writer, newId: ports.newUlid }
  const view = (record: RecordingRecord) => toRecording(record, ports.publicUrl)

  return {
    async start(spec) {
      checkSpec(spec)
      await checkUrls(spec, outbound)
      return view(await startRecording(ports, spec))
    },

    async get(id) {
      return view(await repository.find(id))
    },

    async list({ limit, cursor, ...filters }) {
      const beforeId = cursor === undefined ? {} : { beforeId: parseCursor(cursor) }
      const records = await repository.list({ ...filters, ...beforeId, limit: limit + 1 })
      const page = records.slice(0, limit)
      const last = page.at(-1)
      return { items: page.map(view), nextCursor: records.length > limit && last ? cursorAfter(last.id) : null }
    },

    async stop(id) {
      const record = await writer.change(id, (current, now) =>
        current.state === 'requested' ? move(current, 'cancelled', now) : undefined,
      )
      if (!isFinal(record.state) && record.state !== 'finalizing')
        await obey(orders, record, { type: 'stop' }).catch(ignoreEnded)
      return view(await repository.find(id))
    },

    async setLayout(id, layout) {
      const record = await repository.find(id)
      checkLayout(layout, specsOf(record))
      await obey(orders, record, { type: 'layout', layout })
      return view(await repository.find(id))
    },

    async addSource(id, source) {
      const record = await repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'source.add')
      checkRoomForSource(record, source.id)
      await checkSourceUrl(source, outbound)
      await obey(orders, record, { type: 'source.add', source })
      return toSource(sourceOf(await repository.find(id), source.id))
    },

    async updateSource(id, sourceId, patch) {
      const record = await repository.find(id)
      sourceOf(record, sourceId)
      await obey(orders, record, { type: 'source.update', sourceId, patch })
      return toSource(sourceOf(await repository.find(id), sourceId))
    },

    async removeSource(id, sourceId) {
      const record = await repository.find(id)
      sourceOf(record, sourceId)
      await obey(orders, record, { type: 'source.remove', sourceId })
    },

    async sendSignals(id, signals) {
      const record = await repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'signals')
      if (record.spec.signalling === undefined) await rooms.publish(roomOf(record), signals)
      else await obey(orders, record, { type: 'signals', signals })
    },
  }
}

/** Stores and queues the recording; one that cannot be queued is left `failed`, and the caller hears why. */
async function startRecording(ports: RecordingsPorts, spec: RecordingSpec): Promise<RecordingRecord> {
  const { writer, takeQueue, clock } = ports
  const record = buildRecord(spec, { id: `rec_${ports.newUlid()}`, traceId: ports.newTraceId(), now: clock() })
  await writer.insert({ record, facts: [{ type: 'recording.state' }] })
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
