import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import { DEFAULT_RECOVERY } from '../../src/recording/index.ts'
import { type ScriptedService, startScriptedService } from '../bin/scripted-service.ts'

/** Two starts of a process, on a machine that does other things too. */
const PATIENCE = { timeout: 15_000 }
/** Short, so that the tests of what comes too late do not wait. */
const TIMES = { startMs: 3000, stopMs: 3000, terminateMs: 500, silenceMs: 1500 }
/** From the first picture, with which it dies: a few writes to the database, on a busy machine. */
const AT_ONCE_MS = 1000
const RECOVERY = { ...DEFAULT_RECOVERY, firstDelayMs: 20_000, longestDelayMs: 20_000, quickDeaths: 6 }

let service: ScriptedService
beforeAll(async () => {
  service = await startScriptedService({}, { times: TIMES, recovery: RECOVERY })
})
afterAll(() => service?.[Symbol.asyncDispose]())

const get = async (id: string): Promise<Recording> => (await service.call('GET', `/v1/recordings/${id}`)).body
const stop = async (id: string): Promise<Recording> => {
  await service.call('POST', `/v1/recordings/${id}/stop`)
  return await service.reaches(id, 'completed')
}
/** The recording once its second take has a picture. */
async function secondTake(id: string): Promise<Recording> {
  await vi.waitFor(async () => expect((await get(id)).takes).toHaveLength(2), { timeout: 10_000 })
  return await service.reaches(id, 'recording')
}
/** What the recorder of the recording's take was asked for. */
function requestOf(id: string, take: number) {
  const lines = service.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  return lines.find((line) => line.recordingId === id && line.asked.take === take)?.asked
}

test.concurrent.each([
  ['crashes', 'crash', 'recorder.crashed'],
  ['is killed', 'killed', 'recorder.crashed'],
  ['gives its take up', 'failing', 'page.crashed'],
  ['says nothing any more', 'frozen', 'recorder.unresponsive'],
  ['has no first picture', 'silent', 'recorder.start-timeout'],
])('a recorder that %s is followed by the next take of the same recording', async (_name, play, code) => {
  const { id } = await service.start({ metadata: { play, takes: '1' } })
  const running = await secondTake(id)
  expect(running.takes).toMatchObject([{ number: 1, error: { code }, endedAt: expect.any(String) }, { error: null }])
  expect(running.error).toBeNull()
  const done = await stop(id)
  expect(done).toMatchObject({ error: null, takes: [{ error: { code } }, { error: null }] })
  expect(done.durationSec).toBe(done.takes.reduce((sum, take) => sum + take.segments * 2, 0))
})

test.concurrent('a take that was given up answers for nobody: the next one is brought the same order', async ({
  expect,
}) => {
  const { id } = await service.start({ metadata: { play: 'zombie', takes: '1' } }, 'recording')
  const answer = await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'board' })
  expect(answer.status).toBe(200)
  expect(await secondTake(id)).toMatchObject({ layout: { name: 'board' } })
  await stop(id)
})

test.concurrent('the cuts that a highlight waits for are asked of the next take too', async ({ expect }) => {
  const { id } = await service.start({ metadata: { play: 'zombie', takes: '1' } }, 'recording')
  const atMs = Date.now() + 60_000
  const body = { at: new Date(atMs).toISOString(), postSec: 30 }
  expect((await service.call('POST', `/v1/recordings/${id}/highlights`, body)).status).toBe(201)
  const cutsOf = (take: number) =>
    service.log
      .map((line) => JSON.parse(line))
      .filter((line) => line.recordingId === id && line.take === take && line.msg?.startsWith('cut '))
      .map(({ msg }) => msg)
  const cuts = [`cut ${atMs}`, `cut ${atMs + 30_000}`]
  await expect.poll(() => cutsOf(1), PATIENCE).toEqual(cuts)
  await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'grid' })
  await expect.poll(() => cutsOf(2), PATIENCE).toEqual(cuts)
  await service.call('POST', `/v1/recordings/${id}/stop`)
  await service.reaches(id, 'completed')
})

test.concurrent('the time that nothing has happened for goes on in the next take', async ({ expect }) => {
  const metadata = { play: 'failing', takes: '1', emptyRoomSec: '42' }
  const { id } = await service.start({ idle: { emptyRoomSec: 3600 }, metadata })
  const { takes } = await secondTake(id)
  expect(Object.keys(takes[0] ?? {})).not.toContain('idleForSec')
  expect(requestOf(id, 1).idleForSec).toBeUndefined()
  expect(requestOf(id, 2).idleForSec).toEqual({ emptyRoomSec: 42 })
  await stop(id)
})

test.concurrent('a warning of a recorder is an event, once a minute, and not in the record', async ({ expect }) => {
  const { id } = await service.start({ metadata: { warnings: '3' } }, 'recording')
  const leave = new AbortController()
  const url = `${service.url}/v1/events?recording=${id}&type=recording.warning&type=recording.state&after=0`
  const { body } = await fetch(url, { signal: leave.signal })
  const done = await stop(id)
  let text = ''
  for await (const part of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += part
    if (text.includes('"completed"')) break
  }
  leave.abort()
  const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
  const warning = { code: 'picture.black', message: 'as the script says' }
  expect(events.filter(({ type }) => type === 'recording.warning')).toEqual([
    { id: expect.any(Number), at: expect.any(String), recordingId: id, type: 'recording.warning', take: 1, warning },
  ])
  expect(JSON.stringify(done)).not.toContain('picture.black')
})

test.concurrent('what no other take would do better with ends the recording at once', async ({ expect }) => {
  const { id } = await service.start({ metadata: { play: 'hopeless' } })
  const failed = await service.reaches(id, 'failed')
  expect(failed).toMatchObject({ error: { code: 'chrome.not-found' }, takes: [{ number: 1 }] })
})

test.concurrent('a recording that waits for its next take can be stopped', async ({ expect }) => {
  const { id } = await service.start({ metadata: { play: 'killed' } })
  // The first two restarts are immediate, the third waits for 20 s.
  await expect.poll(async () => (await get(id)).takes.length, { timeout: 10_000 }).toBe(2)
  await expect.poll(async () => (await get(id)).takes[1]?.endedAt, { timeout: 10_000 }).toBeTruthy()
  expect((await get(id)).state).toBe('recovering')
  await service.call('POST', `/v1/recordings/${id}/stop`)
  const stopped = await service.reaches(id, 'failed')
  expect(stopped.error?.code).toBe('recorder.crashed')
})

// These three are about what comes before what: they have the machine for themselves.
test('a recorder is followed at once though a child of it lives on, and what that one says is logged', async () => {
  const { id } = await service.start({ metadata: { play: 'survived', takes: '1' } })
  const { startedAt, takes } = await secondTake(id)
  const survivorEnded = () => service.log.some((line) => line.includes(id) && line.includes('the survivor has ended'))
  expect(survivorEnded()).toBe(false)
  expect(Date.parse(takes[1]?.startedAt ?? '') - Date.parse(startedAt ?? '')).toBeLessThan(AT_ONCE_MS)
  await expect.poll(survivorEnded, { timeout: 10_000 }).toBe(true)
  await stop(id)
})

test('the next take does not wait for what the one before still stores, and that counts too', async () => {
  const { id } = await service.start({ metadata: { play: 'failing', takes: '1' } })
  const { takes } = await secondTake(id)
  const gone = () => service.log.some((line) => line.includes(id) && line.includes('the recorder is gone'))
  expect(gone()).toBe(false)
  const before = takes[0]?.segments ?? 0
  await expect.poll(gone, { timeout: 5000 }).toBe(true)
  await expect.poll(async () => (await get(id)).takes[0]?.segments, PATIENCE).toBeGreaterThan(before)
  await stop(id)
})

test('the next take knows what was changed and said since the first began', async () => {
  const signals = (text: string) => [{ v: 1, type: 'chat.message', at: 1, text, id: text }]
  const { id } = await service.start(
    { maxDurationSec: 1000, signalling: { url: 'ws://127.0.0.1/own' }, metadata: { play: 'told', takes: '1' } },
    'recording',
  )
  await expect.poll(async () => (await get(id)).takes[0]?.segments, PATIENCE).toBeGreaterThan(0)
  await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'board' })
  const bob = { id: 'bob', type: 'hls', url: 'http://127.0.0.1/bob.m3u8' }
  await service.call('POST', `/v1/recordings/${id}/sources`, bob)
  await expect.poll(async () => (await get(id)).takes[0]?.segments, PATIENCE).toBeGreaterThan(0)
  await service.call('POST', `/v1/recordings/${id}/signals`, signals('said-before'))
  await secondTake(id)
  expect(requestOf(id, 1)).toEqual({ take: 1, layout: 'grid', sources: ['teacher'], maxDurationSec: 1000 })
  expect(requestOf(id, 2)).toMatchObject({ take: 2, layout: 'board', sources: ['teacher', 'bob'] })
  expect(requestOf(id, 2).maxDurationSec).toBeLessThan(1000)
  const heard = () =>
    service.log.map((line) => JSON.parse(line)).filter(({ take, msg }) => take === 2 && msg.includes('said-before'))
  await expect.poll(() => heard().length, PATIENCE).toBe(1)
  await stop(id)
})

test('the figures count takes by how they ended, and the time to go on', async () => {
  const text = await (await fetch(`${service.url}/metrics`)).text()
  expect(text).toMatch(/^panorec_takes_total\{outcome="page.crashed"\} [1-9]/m)
  expect(text).toMatch(/^panorec_takes_total\{outcome="completed"\} [1-9]/m)
  expect(text).toMatch(/^panorec_recovery_seconds_count [1-9]/m)
})
