import { rm } from 'node:fs/promises'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RecordingSchema } from '../../src/protocol/index.ts'
import { DEFAULT_RECOVERY } from '../../src/recording/index.ts'
import { verifySignature } from '../../src/webhooks/index.ts'
import { makeDataDir } from '../kit/service/prepared-databases.ts'
import { startReceiver } from '../webhooks/receiver.ts'
import { type ScriptedService, startScriptedService } from './scripted-service.ts'

/** Short, so that the tests of what comes too late do not wait. */
const TIMES = { startMs: 3000, stopMs: 1500, terminateMs: 1500 }
/** What a recorder wrote is logged, on a busy machine. */
const LOGGED = { timeout: 5000 }
const RECOVERY = { ...DEFAULT_RECOVERY, firstDelayMs: 50, quickDeaths: 2, deathsBeforeStart: 2 }
const amy = { id: 'amy', type: 'whep', url: 'http://127.0.0.1/whep/amy', token: 'hidden-word' } as const

/** Each test has a recording of its own, and most wait: they do so at once. */
describe('a service over an embedded database', () => {
  let service: ScriptedService
  beforeAll(async () => {
    service = await startScriptedService({}, { times: TIMES, recovery: RECOVERY })
  })
  afterAll(() => service?.[Symbol.asyncDispose]())

  test('is alive and ready', async () => {
    expect((await service.call('GET', '/healthz')).status).toBe(200)
    expect((await service.call('GET', '/readyz')).body.checks).toEqual(
      ['database', 'store', 'chrome'].map((name) => ({ name, ok: true })),
    )
  })

  test.concurrent('records from the call to the end, and every figure arrives', async ({ expect }) => {
    const requested = await service.start({ metadata: { course: 'x' } })
    expect(requested).toMatchObject({ state: 'requested', takes: [], startedAt: null })
    const running = await service.reaches(requested.id, 'recording')
    expect(running.sources[0]?.state).toBe('live')
    await expect
      .poll(async () => (await service.call('GET', `/v1/recordings/${running.id}`)).body.stats?.frames ?? 0, {
        timeout: 8000,
      })
      .toBeGreaterThan(0)
    const stopped = await service.call('POST', `/v1/recordings/${running.id}/stop`)
    expect(stopped.status).toBe(200)
    const done = await service.reaches(running.id, 'completed')
    expect(done).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
    expect(done.durationSec).toBe((done.takes[0]?.segments ?? 0) * 2)
    expect(Value.Errors(RecordingSchema, done)).toEqual([])
    const again = await service.call('POST', `/v1/recordings/${running.id}/stop`)
    expect(again.body).toEqual(done)
  })

  test.concurrent('changes layout and sources of a running recording once the recorder has confirmed', async () => {
    const { id } = await service.start({}, 'recording')
    const layout = { name: 'single', focus: 'teacher' }
    expect((await service.call('PUT', `/v1/recordings/${id}/layout`, layout)).body.layout).toEqual(layout)
    expect((await service.call('POST', `/v1/recordings/${id}/sources`, amy)).body).toMatchObject({
      id: 'amy',
      muted: false,
    })
    expect((await service.call('PATCH', `/v1/recordings/${id}/sources/amy`, { muted: true })).body.muted).toBe(true)
    expect((await service.call('POST', `/v1/recordings/${id}/sources`, amy)).body.code).toBe('source.duplicate')
    expect((await service.call('DELETE', `/v1/recordings/${id}/sources/amy`)).status).toBe(204)
    expect((await service.call('DELETE', `/v1/recordings/${id}/sources/amy`)).body.code).toBe('source.not-found')
    expect((await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'single', focus: 'amy' })).body.code).toBe(
      'layout.unknown-source',
    )
    await service.call('POST', `/v1/recordings/${id}/stop`)
    await service.reaches(id, 'completed')
    expect((await service.call('PUT', `/v1/recordings/${id}/layout`, layout)).body).toMatchObject({
      status: 409,
      code: 'recording.wrong-state',
    })
  })

  test.concurrent('passes on what the recorder answers, and shows nothing that it refused', async () => {
    const { id } = await service.start({ metadata: { refuse: 'source.add' } }, 'recording')
    expect((await service.call('POST', `/v1/recordings/${id}/sources`, amy)).body.code).toBe('source.unsupported-media')
    expect((await service.call('GET', `/v1/recordings/${id}`)).body.sources).toHaveLength(1)
    await service.call('POST', `/v1/recordings/${id}/stop`)
  })

  test.concurrent('says that a recorder does not answer', async () => {
    const { id } = await service.start({ metadata: { play: 'deaf' } }, 'recording')
    const answer = await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'speaker' })
    expect(answer).toMatchObject({ status: 503, body: { code: 'recorder.unreachable' } })
    await service.call('POST', `/v1/recordings/${id}/stop`)
    await service.reaches(id, 'failed')
  })

  test.concurrent('a change before the recorder runs is in its request or follows it', async () => {
    const { id } = await service.start()
    const answer = await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'board' })
    expect(answer).toMatchObject({ status: 200, body: { layout: { name: 'board' } } })
    await service.reaches(id, 'recording')
    await service.call('POST', `/v1/recordings/${id}/stop`)
    expect((await service.reaches(id, 'completed')).layout).toEqual({ name: 'board' })
  })

  test.concurrent('a stop at once ends what has hardly begun', async () => {
    const { id } = await service.start()
    expect((await service.call('POST', `/v1/recordings/${id}/stop`)).status).toBe(200)
    await service.reaches(id, 'completed')
  })

  test.concurrent('signals reach the recorder when the room has its own signalling, and the hub when not', async ({
    expect,
  }) => {
    const signals = [{ v: 1, type: 'chat.message', at: 1, text: 'hello from the API' }]
    const own = await service.start({ signalling: { url: 'ws://127.0.0.1/own', token: 'hidden-word' } }, 'recording')
    expect((await service.call('POST', `/v1/recordings/${own.id}/signals`, signals)).status).toBeLessThan(300)
    await expect.poll(() => service.log.some((line) => line.includes('hello from the API')), LOGGED).toBe(true)
    const hub = await service.start({ room: 'room-of-the-hub' }, 'recording')
    expect((await service.call('POST', `/v1/recordings/${hub.id}/signals`, signals)).status).toBeLessThan(300)
    for (const { id } of [own, hub]) await service.call('POST', `/v1/recordings/${id}/stop`)
  })

  test.concurrent.each([
    ['crash', 'recorder.crashed', 'recording.crash-loop', /2 takes.*exit code 7.*boom: the last words/],
    ['killed', 'recorder.crashed', 'recording.crash-loop', /2 takes.*SIGKILL/],
    ['silent', 'recorder.start-timeout', 'recorder.start-timeout', /no first picture after 3 s/],
  ])('recorders that all play %s leave the recording failed', async (play, takeCode, code, message) => {
    const { id } = await service.start({ metadata: { play } })
    const failed = await service.reaches(id, 'failed')
    expect(failed.error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(failed.takes.map(({ error }) => error?.code)).toEqual([takeCode, takeCode])
    expect(failed.endedAt).not.toBeNull()
  })

  test.concurrent('a recorder that does not end after a stop is killed, and says so', async () => {
    const { id } = await service.start({ metadata: { play: 'stubborn' } }, 'recording')
    await service.call('POST', `/v1/recordings/${id}/stop`)
    expect((await service.reaches(id, 'failed')).error?.code).toBe('recorder.crashed')
  })

  test.concurrent('webhooks hear every state in order, signed', async ({ expect }) => {
    const secret = 'a-secret-of-16-or-more'
    await using receiver = await startReceiver(() => ({ status: 200 }))
    const { id } = await service.start({ webhooks: [{ url: receiver.url, secret }] }, 'recording')
    await service.call('POST', `/v1/recordings/${id}/stop`)
    await service.reaches(id, 'completed')
    const states = () =>
      receiver.received.map(({ body }) => JSON.parse(body)).map((event) => event.recording?.state ?? event.source.state)
    await expect
      .poll(states, { timeout: 15_000 })
      .toEqual(['requested', 'starting', 'recording', 'live', 'finalizing', 'completed'])
    for (const { headers, body } of receiver.received) {
      expect(verifySignature(String(headers['panorec-signature']), { body, secret, now: new Date() })).toBe(true)
      expect(body).not.toContain(secret)
    }
  })

  test.concurrent('two recordings at once do not meet', async () => {
    const [one, two] = await Promise.all([service.start({}, 'recording'), service.start({}, 'recording')])
    await service.call('POST', `/v1/recordings/${one.id}/stop`)
    await service.reaches(one.id, 'completed')
    expect((await service.call('GET', `/v1/recordings/${two.id}`)).body.state).toBe('recording')
    await service.call('POST', `/v1/recordings/${two.id}/stop`)
    await service.reaches(two.id, 'completed')
  })

  test('the figures say what happened', async () => {
    const text = await (await fetch(`${service.url}/metrics`)).text()
    expect(text).toMatch(/^panorec_recordings\{state="completed"\} [1-9]/m)
    expect(text).toMatch(/^panorec_jobs_total\{job="recording.take",outcome="completed"\} [1-9]/m)
    expect(text).toMatch(/^panorec_jobs_total\{job="recording.take",outcome="recording.crash-loop"\} [1-9]/m)
    expect(text).toMatch(/^panorec_segments_total [1-9]/m)
    expect(text).toMatch(/^panorec_frames_total [1-9]/m)
  })

  test('no secret is in the log, and the recorder sees no setting of the service', () => {
    const log = service.log.join('')
    expect(log).not.toContain('hidden-word')
    expect(log).toContain('"secretsSeen":[]')
  })
})

test('a service that stops ends its takes in order, and its recordings go on when it starts again', async () => {
  const dataDir = await makeDataDir()
  try {
    const service = await startScriptedService({ PANOREC_DATA_DIR: dataDir }, { times: TIMES })
    const { id } = await service.start({}, 'recording')
    const began = performance.now()
    await service[Symbol.asyncDispose]()
    expect(performance.now() - began).toBeLessThan(10_000)
    await using again = await startScriptedService({ PANOREC_DATA_DIR: dataDir }, { times: TIMES })
    const { takes } = await again.reaches(id, 'recording')
    expect(takes).toMatchObject([{ error: { code: 'service.stopping' } }, { number: 2, error: null }])
    await again.call('POST', `/v1/recordings/${id}/stop`)
    expect((await again.reaches(id, 'completed')).error).toBeNull()
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('a service without its functions does not start, and says what makes them', async () => {
  const recorderScript = '/nowhere/recorder.js'
  const start = startScriptedService({}, { recorderScript })
  await expect(start).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringMatching(/\/nowhere\/recorder\.js.*npm run build/),
  })
})
