import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import { type ScriptedService, startScriptedService } from '../bin/scripted-service.ts'

const TIMES = { startMs: 3000, standbyMs: 10_000, stopMs: 3000, terminateMs: 500, silenceMs: 5000 }
/** A hand-over announces its switch time a second before, and looks for it up to 2.6 s further. */
const POLL = { timeout: 15_000, interval: 20 }

let service: ScriptedService
beforeAll(async () => {
  // One place is enough for the two recorders of a hand-over.
  service = await startScriptedService({ PANOREC_MAX_RECORDINGS: '1' }, { times: TIMES })
})
afterAll(() => service?.[Symbol.asyncDispose]())

const get = async (id: string): Promise<Recording> => (await service.call('GET', `/v1/recordings/${id}`)).body
const stop = async (id: string): Promise<Recording> => {
  expect((await service.call('POST', `/v1/recordings/${id}/stop`)).status).toBeLessThan(300)
  return await service.reaches(id, 'completed')
}
const lines = (id: string) => service.log.map((line) => JSON.parse(line)).filter((line) => line.recordingId === id)
const said = (id: string, take: number, text: string) =>
  lines(id).filter((line) => line.take === take && line.msg.includes(text)).length
const isReady = (id: string, take: number) => expect.poll(() => said(id, take, 'request'), POLL).toBe(1)

test('a take that is due hands over to the next, and the recording never ceases to record', async () => {
  const { id } = await service.start({ metadata: { due: '2' } }, 'recording')
  const states = new Set<string>()
  await expect
    .poll(async () => {
      const { state, takes } = await get(id)
      states.add(state)
      return takes.length
    }, POLL)
    .toBe(3)
  await expect.poll(async () => (await get(id)).takes[2]?.segments, POLL).toBeGreaterThan(0)
  const done = await stop(id)
  expect([...states]).toEqual(['recording'])
  expect(done).toMatchObject({ error: null, takes: [{ error: null }, { error: null }, { error: null }] })
  for (const [i, take] of done.takes.entries())
    expect(take.startedAt).toBe(done.takes[i - 1]?.endedAt ?? take.startedAt)
  expect(done.durationSec).toBe(done.takes.reduce((sum, take) => sum + take.segments * 2, 0))
  expect(done.sources[0]?.state).toBe('live')
})

test('what is ordered while two takes overlap reaches both, once', async () => {
  const { id } = await service.start({ metadata: { due: '1', next: 'slow' } }, 'recording')
  await isReady(id, 2)
  await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'board' })
  await expect.poll(() => [said(id, 1, 'layout board'), said(id, 2, 'layout board')], POLL).toEqual([1, 1])
  expect((await get(id)).takes).toHaveLength(1)
  const done = await stop(id)
  expect(done).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
  await expect.poll(() => lines(id).filter(({ msg }) => msg === 'the recorder is gone').length, POLL).toBe(2)
})

test('a take that cannot take over changes nothing; the running one goes on, and the next attempt has a number of its own', async () => {
  const { id } = await service.start({ metadata: { due: '1', next: 'crash' } }, 'recording')
  await expect.poll(() => [2, 3].map((take) => said(id, take, 'the recorder is gone')), POLL).toEqual([1, 1])
  expect(await get(id)).toMatchObject({ state: 'recording', error: null, takes: [{ number: 1, endedAt: null }] })
  expect(await stop(id)).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
})

test('a take that dies while the next one gets ready is followed as by any death', async () => {
  const { id } = await service.start({ metadata: { due: '1', next: 'slow' } }, 'recording')
  await isReady(id, 2)
  const pid = lines(id).find(({ take, msg }) => take === 1 && msg === 'the recorder runs')?.pid
  process.kill(pid, 'SIGKILL')
  await expect.poll(async () => (await get(id)).takes.length, POLL).toBe(2)
  await service.reaches(id, 'recording')
  const done = await stop(id)
  // The number 2 was that of the take which did not come to take over.
  expect(done.takes).toMatchObject([
    { number: 1, error: { code: 'recorder.crashed' } },
    { number: 3, error: null },
  ])
  expect(done.error).toBeNull()
})

test('a stop that the running take has not answered when the next one is ready ends the recording', async () => {
  const metadata = { due: '1', readyMs: '1500', stopMs: '2500' }
  const { id } = await service.start({ metadata }, 'recording')
  await isReady(id, 2)
  await service.call('POST', `/v1/recordings/${id}/stop`)
  const done = await service.reaches(id, 'completed')
  expect(done).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
  await expect.poll(() => said(id, 2, 'the recorder is gone'), POLL).toBe(1)
})

/** The last test of this file: it ends the service that all of them use. */
test('a service that stops after a hand-over ends the running take in order', async () => {
  const { id } = await service.start({ metadata: { due: '1' } }, 'recording')
  const exits = (take: number) =>
    lines(id)
      .filter((line) => line.take === take && line.msg === 'the recorder is gone')
      .map(({ code, signal }) => ({ code, signal }))
  await expect.poll(() => exits(1), POLL).toHaveLength(1)
  await service[Symbol.asyncDispose]()
  expect(exits(2)).toEqual([{ code: 0, signal: null }])
})
