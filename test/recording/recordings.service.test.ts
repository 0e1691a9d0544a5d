import { monotonicFactory, ulid } from 'ulid'
import { describe, expect, test, vi } from 'vitest'
import { createCommandLog, createRecordingRepository, openDatabase } from '../../src/db/index.ts'
import { AppError, MAX_SOURCES, type Signal, type SourceSpec } from '../../src/protocol/index.ts'
import { createRecordings, createWriter, move, type RecordingsPorts } from '../../src/recording/index.ts'
import { Deletions } from '../../src/retention/index.ts'
import { type OpenedRecordings, testRecordings } from './recordings.suite.ts'

const TEACHER: SourceSpec = { id: 'teacher', type: 'hls', url: 'https://live.test/teacher.m3u8' }

describe('the use cases of recordings', () => testRecordings(() => openRecordings()))

test('a recording that was stored is answered for although its place in the line cannot be read', async () => {
  const away = new AppError('database.unavailable', 'The database cannot be reached')
  const troubles: string[] = []
  await using opened = await openRecordings({
    startQueue: { places: () => Promise.reject(away) },
    onTrouble: ({ code }, _what, { recordingId }) => void troubles.push(`${code} ${recordingId}`),
  })
  const started = await opened.recordings.start({ sources: [TEACHER] })
  expect(started).toMatchObject({ state: 'requested', queued: null })
  expect(troubles).toEqual([`database.unavailable ${started.id}`])
})

test('a call whose recording could not be queued starts another when it is repeated', async () => {
  const enqueue = vi.fn(async () => undefined)
  enqueue.mockRejectedValueOnce(new AppError('database.unavailable', 'The job could not be queued'))
  await using opened = await openRecordings({
    takeQueue: {
      enqueue,
      withoutJob: async () => [],
      enqueueClose: async () => undefined,
      enqueueRemoval: async () => undefined,
    },
  })
  const once = { key: 'api-1', ulid: ulid() }
  await expect(opened.recordings.start({ sources: [TEACHER] }, once)).rejects.toMatchObject({
    code: 'database.unavailable',
  })
  expect(await opened.recordings.start({ sources: [TEACHER] }, once)).toMatchObject({ state: 'requested' })
  const { items } = await opened.recordings.list({ limit: 9 })
  expect(items.map(({ state }) => state)).toEqual(['requested', 'failed'])
})

test('a command that is repeated waits for the answer to the first one, and is sent anew after an error', async () => {
  await using opened = await openRecordings()
  const { recordings, commands, writer } = opened
  const { id } = await recordings.start({ sources: [TEACHER] })
  await writer.change(id, (record, now) => move(record, 'assigned', now))
  await writer.change(id, (record, now) => move(record, 'started', now))
  const once = { key: `api-${ulid()}`, ulid: ulid() }
  const add = () => recordings.addSource(id, { ...TEACHER, id: 'amy' }, once)
  const waiting = async () => (await commands.pending(id, 0)).map((command) => command.id)
  const unanswered = [add(), add()]
  for (const call of unanswered) await expect(call).rejects.toMatchObject({ code: 'recorder.unreachable' })
  expect(await waiting()).toEqual([once.key])
  await commands.answer(once.key, { error: { code: 'source.limit', message: 'It has too many' } })
  const later = add()
  await expect.poll(waiting).toEqual([expect.not.stringContaining(once.key)])
  await expect(later).rejects.toMatchObject({ code: 'recorder.unreachable' })
})

test('signals to a recording that no recorder has yet wait for its recorder', async () => {
  await using opened = await openRecordings()
  const signalling = { url: 'wss://rooms.test/1' }
  const { id } = await opened.recordings.start({ sources: [TEACHER], signalling })
  const signal: Signal = { v: 1, type: 'hand.raised', at: 1, id: 'a', from: 'amy' }
  await opened.recordings.sendSignals(id, [signal])
  const waiting = await opened.commands.pending(id, 0)
  expect(waiting.map(({ command }) => command)).toEqual([{ type: 'signals', signals: [signal] }])
})

test('of sources that are added at once before it runs, none is lost and none is one too many', async () => {
  await using opened = await openRecordings()
  const { id } = await opened.recordings.start({ sources: [TEACHER] })
  const add = (each: string) => opened.recordings.addSource(id, { ...TEACHER, id: each })
  const twins = await Promise.allSettled([add('twin'), add('twin')])
  expect(twins.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const many = await Promise.allSettled(Array.from({ length: MAX_SOURCES }, (_, n) => add(`s${n}`)))
  const refused = many.filter(({ status }) => status === 'rejected')
  expect(refused).toMatchObject(Array(2).fill({ reason: { code: 'source.limit' } }))
  expect((await opened.recordings.get(id)).sources).toHaveLength(MAX_SOURCES)
})

/** The real use cases over an embedded database, without a worker. */
async function openRecordings(
  more: Partial<RecordingsPorts> = {},
): Promise<OpenedRecordings & Pick<RecordingsPorts, 'commands' | 'writer'>> {
  const fail = (error: unknown) => {
    throw error
  }
  const database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, fail)
  const repository = createRecordingRepository(database)
  const clock = () => new Date()
  const commands = createCommandLog(database)
  const nothing = async () => undefined
  const writer = createWriter({ repository, webhookQueue: { enqueue: nothing }, clock, publicUrl: null })
  const recordings = createRecordings({
    repository,
    writer,
    commands,
    takeQueue: { enqueue: nothing, withoutJob: async () => [], enqueueClose: nothing, enqueueRemoval: nothing },
    startQueue: { places: async () => new Map() },
    outbound: { check: nothing },
    rooms: { publish: nothing },
    clock,
    newUlid: monotonicFactory(),
    newTraceId: () => '0'.repeat(32),
    publicUrl: null,
    onTrouble: fail,
    ...more,
  })
  // What removes the media is asked by a worker alone.
  const asked = { writer, queue: { enqueue: nothing }, clock }
  const deletions = new Deletions(asked as unknown as ConstructorParameters<typeof Deletions>[0])
  return { recordings, deletions, commands, writer, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}
