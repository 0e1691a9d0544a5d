import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import { type ScriptedService, startScriptedService } from '../bin/scripted-service.ts'

const TIMES = { startMs: 3000, standbyMs: 10_000, stopMs: 3000, terminateMs: 500, silenceMs: 5000 }
/** A hand-over announces its switch time a second before, and looks for it up to 2.6 s further. */
const POLL = { timeout: 15_000, interval: 20 }

/** A service with so many places, and what tests ask it. */
class Handovers implements AsyncDisposable {
  readonly service: ScriptedService

  private constructor(service: ScriptedService) {
    this.service = service
  }

  static async start(places: number): Promise<Handovers> {
    return new Handovers(await startScriptedService({ PANOREC_MAX_RECORDINGS: String(places) }, { times: TIMES }))
  }

  /** A recording that records. */
  async record(metadata: Record<string, string>): Promise<string> {
    return (await this.service.start({ metadata }, 'recording')).id
  }

  async get(id: string): Promise<Recording> {
    return (await this.service.call('GET', `/v1/recordings/${id}`)).body
  }

  async stop(id: string): Promise<Recording> {
    expect((await this.service.call('POST', `/v1/recordings/${id}/stop`)).status).toBeLessThan(300)
    return await this.service.reaches(id, 'completed')
  }

  lines(id: string) {
    return this.service.log.map((line) => JSON.parse(line)).filter((line) => line.recordingId === id)
  }

  said(id: string, take: number, text: string): number {
    return this.lines(id).filter((line) => line.take === take && line.msg.includes(text)).length
  }

  async isReady(id: string, take: number): Promise<void> {
    await vi.waitFor(() => expect(this.said(id, take, 'request')).toBe(1), POLL)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]()
  }
}

/** One place is enough for the two recorders of a hand-over. */
describe('with one place', () => {
  let handovers: Handovers
  beforeAll(async () => {
    handovers = await Handovers.start(1)
  })
  afterAll(() => handovers?.[Symbol.asyncDispose]())

  test('a take that is due hands over to the next, and the recording never ceases to record', async () => {
    const id = await handovers.record({ due: '2' })
    const states = new Set<string>()
    await expect
      .poll(async () => {
        const { state, takes } = await handovers.get(id)
        states.add(state)
        return takes.length
      }, POLL)
      .toBe(3)
    await expect.poll(async () => (await handovers.get(id)).takes[2]?.segments, POLL).toBeGreaterThan(0)
    const done = await handovers.stop(id)
    expect([...states]).toEqual(['recording'])
    expect(done).toMatchObject({ error: null, takes: [{ error: null }, { error: null }, { error: null }] })
    for (const [i, take] of done.takes.entries())
      expect(take.startedAt).toBe(done.takes[i - 1]?.endedAt ?? take.startedAt)
    expect(done.durationSec).toBe(done.takes.reduce((sum, take) => sum + take.segments * 2, 0))
    expect(done.sources[0]?.state).toBe('live')
  })

  /** Last, because it ends the service. */
  test('a service that stops after a hand-over ends the running take in order', async () => {
    const id = await handovers.record({ due: '1' })
    const exits = (take: number) =>
      handovers
        .lines(id)
        .filter((line) => line.take === take && line.msg === 'the recorder is gone')
        .map(({ code, signal }) => ({ code, signal }))
    await expect.poll(() => exits(1), POLL).toHaveLength(1)
    await handovers[Symbol.asyncDispose]()
    expect(exits(2)).toEqual([{ code: 0, signal: null }])
  })
})

describe('of several recordings at once', () => {
  let handovers: Handovers
  beforeAll(async () => {
    handovers = await Handovers.start(4)
  })
  afterAll(() => handovers?.[Symbol.asyncDispose]())

  test.concurrent('what is ordered while two takes overlap reaches both, once', async ({ expect }) => {
    const id = await handovers.record({ due: '1', next: 'slow' })
    await handovers.isReady(id, 2)
    await handovers.service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'board' })
    await expect
      .poll(() => [handovers.said(id, 1, 'layout board'), handovers.said(id, 2, 'layout board')], POLL)
      .toEqual([1, 1])
    expect((await handovers.get(id)).takes).toHaveLength(1)
    const done = await handovers.stop(id)
    expect(done).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
    await expect
      .poll(() => handovers.lines(id).filter(({ msg }) => msg === 'the recorder is gone').length, POLL)
      .toBe(2)
  })

  test.concurrent('a take that cannot take over changes nothing; the running one goes on, and the next attempt has a number of its own', async ({
    expect,
  }) => {
    const id = await handovers.record({ due: '1', next: 'crash' })
    await expect
      .poll(() => [2, 3].map((take) => handovers.said(id, take, 'the recorder is gone')), POLL)
      .toEqual([1, 1])
    expect(await handovers.get(id)).toMatchObject({
      state: 'recording',
      error: null,
      takes: [{ number: 1, endedAt: null }],
    })
    expect(await handovers.stop(id)).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
  })

  test.concurrent('a take that dies while the next one gets ready is followed as by any death', async ({ expect }) => {
    const id = await handovers.record({ due: '1', next: 'slow' })
    await handovers.isReady(id, 2)
    const pid = handovers.lines(id).find(({ take, msg }) => take === 1 && msg === 'the recorder runs')?.pid
    process.kill(pid, 'SIGKILL')
    await expect.poll(async () => (await handovers.get(id)).takes.length, POLL).toBe(2)
    await handovers.service.reaches(id, 'recording')
    const done = await handovers.stop(id)
    // The number 2 was that of the take which did not come to take over.
    expect(done.takes).toMatchObject([
      { number: 1, error: { code: 'recorder.crashed' } },
      { number: 3, error: null },
    ])
    expect(done.error).toBeNull()
  })

  test.concurrent('a stop that the running take has not answered when the next one is ready ends the recording', async ({
    expect,
  }) => {
    const metadata = { due: '1', readyMs: '1500', stopMs: '2500' }
    const id = await handovers.record(metadata)
    await handovers.isReady(id, 2)
    await handovers.service.call('POST', `/v1/recordings/${id}/stop`)
    const done = await handovers.service.reaches(id, 'completed')
    expect(done).toMatchObject({ error: null, takes: [{ number: 1, error: null }] })
    await expect.poll(() => handovers.said(id, 2, 'the recorder is gone'), POLL).toBe(1)
  })
})
