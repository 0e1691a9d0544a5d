import { monotonicFactory } from 'ulid'
import { describe } from 'vitest'
import { createCommandLog, createRecordingRepository, openDatabase } from '../../src/db/index.ts'
import { createRecordings, createWriter } from '../../src/recording/index.ts'
import { Deletions } from '../../src/retention/index.ts'
import { type OpenedRecordings, testRecordings } from './recordings.suite.ts'

describe('the use cases of recordings', () => testRecordings(openRecordings))

/** The real use cases over an embedded database, without a worker. */
async function openRecordings(): Promise<OpenedRecordings> {
  const fail = (error: unknown) => {
    throw error
  }
  const database = await openDatabase({ kind: 'embedded', dir: 'memory://' }, fail)
  const repository = createRecordingRepository(database)
  const clock = () => new Date()
  const nothing = async () => undefined
  const writer = createWriter({ repository, webhookQueue: { enqueue: nothing }, clock, publicUrl: null })
  const recordings = createRecordings({
    repository,
    writer,
    commands: createCommandLog(database),
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
  return { recordings, deletions, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}
