import { monotonicFactory } from 'ulid'
import { describe, expect, test } from 'vitest'
import { createCommandLog, createRecordingRepository, openDatabase } from '../../src/db/index.ts'
import { MAX_SOURCES, type Signal, type SourceSpec } from '../../src/protocol/index.ts'
import { type CommandLog, createRecordings, createWriter } from '../../src/recording/index.ts'
import { Deletions } from '../../src/retention/index.ts'
import { type OpenedRecordings, testRecordings } from './recordings.suite.ts'

const TEACHER: SourceSpec = { id: 'teacher', type: 'hls', url: 'https://live.test/teacher.m3u8' }

describe('the use cases of recordings', () => testRecordings(openRecordings))

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
async function openRecordings(): Promise<OpenedRecordings & { readonly commands: CommandLog }> {
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
  })
  // What removes the media is asked by a worker alone.
  const asked = { writer, queue: { enqueue: nothing }, clock }
  const deletions = new Deletions(asked as unknown as ConstructorParameters<typeof Deletions>[0])
  return { recordings, deletions, commands, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}
