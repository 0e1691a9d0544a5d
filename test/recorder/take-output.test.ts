import { expect, test } from 'vitest'
import { fenceStore } from '../../src/archive/fence.ts'
import { loadManifest } from '../../src/archive/manifest.ts'
import type { AppError, RecorderRequest } from '../../src/protocol/index.ts'
import type { Ending } from '../../src/recorder/take-ending.ts'
import { TakeOutput } from '../../src/recorder/take-output.ts'
import { openSpool } from '../../src/spool/spool.ts'
import { openStore } from '../../src/store/index.ts'
import { buildRequest, makeFolders } from './recorder-run.ts'
import { aboutTake } from './segments/uploads.ts'

const DEADLINE_MS = 10_000
const STOPPED: Ending = { reason: 'stopped', error: null }
const TERMINATED: Ending = { reason: 'terminated', error: null }

/** What a recorder has when it is started: its spool, its fence and its output. */
async function openTake(request: RecorderRequest) {
  const store = await openStore(request.store)
  const spool = await openSpool(request.spoolDir, {
    ...aboutTake(request.take),
    recordingId: request.recordingId,
  })
  const failures: AppError[] = []
  const fenced = fenceStore(store, request, (error) => failures.push(error))
  const output = new TakeOutput({
    request,
    store: fenced,
    spool,
    takeEpochMs: Promise.resolve(Date.now()),
    pausedMsBefore: () => 0,
    emit: () => undefined,
    onWarning: (error) => failures.push(error),
    onFailed: (error) => failures.push(error),
  })
  const close = async (ending: Ending): Promise<void> => {
    await output.close(ending, AbortSignal.timeout(DEADLINE_MS))
    await spool[Symbol.asyncDispose]()
  }
  return { store, fenced, failures, close }
}

const successorOf = (request: RecorderRequest): RecorderRequest => ({
  ...request,
  take: request.take + 1,
  handover: { clock: { machine: 'this', offsetMs: 0 }, takeEpochMs: 0 },
})

test('a take that was to take over leaves a recording that was stopped meanwhile as it is', async () => {
  await using folders = await makeFolders()
  const request = buildRequest(folders)
  const running = await openTake(request)
  const called = await openTake(successorOf(request))
  await running.close(STOPPED)
  const stopped = await loadManifest(running.store, request.recordingId)
  expect(stopped).toMatchObject({ state: 'completed' })
  await called.close(TERMINATED)
  expect(await loadManifest(running.store, request.recordingId)).toEqual(stopped)
  expect(await running.store.head(`${request.recordingId}/takes/newest.json`)).toBeUndefined()
  expect(await folders.spooled()).toEqual([])
})

test('a take that was to take over and is called off does not overtake the one that goes on', async () => {
  await using folders = await makeFolders()
  const request = buildRequest(folders)
  const running = await openTake(request)
  const called = await openTake(successorOf(request))
  await called.close(TERMINATED)
  await running.fenced.claim()
  await running.close(STOPPED)
  expect(running.failures).toEqual([])
})

test('a take that has taken over and is stopped before its first picture closes the recording', async () => {
  await using folders = await makeFolders()
  const request = buildRequest(folders)
  const running = await openTake(request)
  const next = await openTake(successorOf(request))
  await running.close({ reason: 'handed-over', error: null })
  expect(await loadManifest(running.store, request.recordingId)).toMatchObject({ state: 'recording' })
  await next.close(STOPPED)
  expect(await loadManifest(running.store, request.recordingId)).toMatchObject({ state: 'completed' })
})
