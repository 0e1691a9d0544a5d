import { describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src/protocol/index.ts'
import * as timing from '../../src/timing/index.ts'
import {
  BackOff,
  backOffMs,
  delay,
  InTurn,
  Mailbox,
  repeat,
  retry,
  Throttle,
  unlessAborted,
  WakeUp,
  within,
} from '../../src/timing/index.ts'

const BRIEF_MS = 10
/** Far beyond what any of these tests waits for. */
const FOREVER_MS = 1e8
const QUICK = { firstMs: 1, factor: 2, longestMs: 4 }
const away = () => new AppError('store.unavailable', 'away')

describe('delay', () => {
  test('ends at once on an abort, and does not begin after one', async () => {
    const stop = new AbortController()
    const waits = delay(FOREVER_MS, { signal: stop.signal })
    stop.abort()
    await waits
    await delay(FOREVER_MS, { signal: stop.signal })
  })
})

describe('after', () => {
  test('acts once, unless it is disposed before', async () => {
    const acts: string[] = []
    const cancelled = timing.after(1, () => acts.push('cancelled'))
    cancelled[Symbol.dispose]()
    timing.after(1, () => acts.push('acted'))
    await delay(BRIEF_MS)
    expect(acts).toEqual(['acted'])
  })
})

describe('repeat', () => {
  test('never overlaps: a tick during a run is skipped', async () => {
    let running = 0
    let most = 0
    let runs = 0
    const enough = Promise.withResolvers<void>()
    await using _repeater = repeat({
      everyMs: 1,
      async work() {
        most = Math.max(most, ++running)
        await delay(BRIEF_MS)
        running -= 1
        if (++runs === 3) enough.resolve()
      },
    })
    await enough.promise
    expect(most).toBe(1)
  })

  test('goes on after a failure, which it tells', async () => {
    const told: unknown[] = []
    const twice = Promise.withResolvers<void>()
    using _repeater = repeat({
      everyMs: 1,
      atOnce: true,
      work: () => Promise.reject(away()),
      onError: (error) => told.push(error) === 2 && twice.resolve(),
    })
    await twice.promise
    expect(told[0]).toMatchObject({ code: 'store.unavailable' })
  })

  test('aborts the run that goes on when it is disposed, waits for it, and runs no more', async () => {
    let ended = 0
    const repeater = repeat({
      everyMs: FOREVER_MS,
      atOnce: true,
      async work(signal) {
        await delay(FOREVER_MS, { signal })
        ended += 1
      },
    })
    await repeater[Symbol.asyncDispose]()
    await repeater.runNow()
    expect(ended).toBe(1)
  })

  test('joins a run that goes on instead of beginning another', async () => {
    let runs = 0
    using repeater = repeat({ everyMs: FOREVER_MS, work: async () => delay(BRIEF_MS).then(() => runs++) })
    await Promise.all([repeater.runNow(), repeater.runNow()])
    expect(runs).toBe(1)
  })
})

describe('retry', () => {
  test('tries until it succeeds, and tells each failure that is followed by a try', async () => {
    const told: number[] = []
    let tries = 0
    const run = async () => {
      if (++tries < 4) throw away()
      return 'done'
    }
    expect(await retry(run, { policy: QUICK, onFailure: (_, attempt) => told.push(attempt) })).toBe('done')
    expect(told).toEqual([1, 2, 3])
  })

  test('throws what is not worth another try, and gives up after the attempts of its policy', async () => {
    let tries = 0
    const run = (error: AppError) => async () => {
      tries += 1
      throw error
    }
    const hopeless = new AppError('recording.not-found', 'gone')
    await expect(retry(run(hopeless), { policy: QUICK })).rejects.toBe(hopeless)
    expect(tries).toBe(1)
    await expect(retry(run(away()), { policy: { ...QUICK, attempts: 3 } })).rejects.toMatchObject({
      code: 'store.unavailable',
    })
    expect(tries).toBe(4)
  })

  test('gives what is no AppError the code that it was told, also a TypeError', async () => {
    const run = () => Promise.reject(new TypeError('fetch failed'))
    const options = { policy: { ...QUICK, attempts: 2 }, code: 'store.unavailable' as const }
    await expect(retry(run, options)).rejects.toMatchObject({ code: 'store.unavailable', message: 'fetch failed' })
  })

  test('ends with the last error when it is aborted while it waits; begun later it has one try', async () => {
    const stop = new AbortController()
    const policy = { firstMs: FOREVER_MS, factor: 1, longestMs: FOREVER_MS }
    const error = away()
    let tries = 0
    const run = async () => {
      tries += 1
      throw error
    }
    const ends = retry(run, { policy, signal: stop.signal, onFailure: () => setTimeout(() => stop.abort(), 1) })
    await expect(ends).rejects.toBe(error)
    await expect(retry(run, { policy, signal: stop.signal })).rejects.toBe(error)
    expect(tries).toBe(2)
  })

  test('abandons a try that hangs when it is aborted, if it was told how', async () => {
    const stop = new AbortController()
    const hangs = retry(() => new Promise<never>(() => undefined), {
      policy: QUICK,
      signal: stop.signal,
      abandon: away,
    })
    stop.abort()
    await expect(hangs).rejects.toMatchObject({ code: 'store.unavailable' })
  })

  test('waits as long as its policy says', () => {
    const policy = { firstMs: 100, factor: 3, longestMs: 1000 }
    expect([0, 1, 2, 3].map((attempt) => backOffMs(policy, attempt, 0))).toEqual([100, 300, 900, 1000])
    expect([0, 1].map((random) => backOffMs({ ...policy, jitter: 0.5 }, 0, random))).toEqual([50, 100])
  })
})

describe('BackOff', () => {
  const SLOW = { firstMs: BRIEF_MS, factor: 1e6, longestMs: FOREVER_MS }

  test('waits longer with each failure, until a good attempt resets it', async () => {
    const backOff = new BackOff(SLOW)
    const stop = new AbortController()
    expect(backOff.isFresh).toBe(true)
    await backOff.wait()
    expect(backOff.isFresh).toBe(false)
    expect(await within(3 * BRIEF_MS, backOff.wait(stop.signal), () => 'late')).toBe('late')
    stop.abort()
    backOff.reset()
    expect(backOff.isFresh).toBe(true)
    await backOff.wait()
  })

  test('an abort ends the wait', async () => {
    const stop = new AbortController()
    const waits = new BackOff({ ...SLOW, firstMs: FOREVER_MS }).wait(stop.signal)
    stop.abort()
    await waits
  })
})

describe('InTurn', () => {
  test('runs one after the other in the order of calls, also behind one that fails', async () => {
    const turn = new InTurn()
    const order: string[] = []
    const slow = turn.run(async () => {
      await delay(BRIEF_MS)
      order.push('slow')
      throw away()
    })
    const quick = turn.run(() => order.push('quick'))
    expect(turn.isBusy).toBe(true)
    await expect(slow).rejects.toMatchObject({ code: 'store.unavailable' })
    await quick
    await turn.ended()
    expect(order).toEqual(['slow', 'quick'])
    expect(turn.isBusy).toBe(false)
  })
})

describe('InTurn, also when nothing waits', () => {
  test('what is given later does not hold up the end of what was given before', async () => {
    const turns = new InTurn()
    const order: string[] = []
    void turns.run(() => delay(BRIEF_MS)).then(() => order.push('before'))
    const ended = turns.ended()
    void turns.run(() => delay(FOREVER_MS, { unref: true }))
    await ended
    expect(order).toEqual(['before'])
  })

  test('does not begin before the caller has gone on', async () => {
    const order: string[] = []
    const run = new InTurn().run(() => order.push('work'))
    order.push('caller')
    await run
    expect(order).toEqual(['caller', 'work'])
  })
})

describe('WakeUp', () => {
  test('keeps a ring for whoever waits next, once', async () => {
    const wakeUp = new WakeUp()
    wakeUp.ring()
    wakeUp.ring()
    expect(await wakeUp.wait({ ms: FOREVER_MS })).toBe('rung')
    expect(await wakeUp.wait({ ms: 1 })).toBe('late')
    expect(await wakeUp.wait({ signal: AbortSignal.abort() })).toBe('aborted')
    const waits = wakeUp.wait()
    wakeUp.ring()
    expect(await waits).toBe('rung')
  })

  test('leaves no timer behind when it is aborted', async () => {
    vi.useFakeTimers()
    try {
      const stop = new AbortController()
      const waits = new WakeUp().wait({ ms: FOREVER_MS, signal: stop.signal })
      expect(vi.getTimerCount()).toBe(1)
      stop.abort()
      expect(await waits).toBe('aborted')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('Mailbox', () => {
  test('gives what came before and while it is read, in order, and ends behind the last one', async () => {
    const mailbox = new Mailbox<number>()
    mailbox.put(1)
    mailbox.put(2)
    const read: number[] = []
    for await (const message of mailbox) {
      read.push(message)
      if (message !== 2) continue
      void delay(1).then(() => mailbox.put(3))
      void delay(BRIEF_MS).then(() => mailbox.close())
    }
    expect(read).toEqual([1, 2, 3])
  })
})

describe('within', () => {
  test('gives what the work gives, or what it is told to give when that is late', async () => {
    expect(await within(FOREVER_MS, Promise.resolve('done'), () => 'late')).toBe('done')
    expect(await within(1, delay(BRIEF_MS), () => 'late')).toBe('late')
    const thrown = within(1, delay(BRIEF_MS), () => {
      throw away()
    })
    await expect(thrown).rejects.toMatchObject({ code: 'store.unavailable' })
    await expect(within(FOREVER_MS, Promise.reject(away()), () => 'late')).rejects.toMatchObject({
      code: 'store.unavailable',
    })
  })

  test('leaves no unhandled rejection of work that fails too late', async () => {
    const late = delay(BRIEF_MS).then(() => Promise.reject(away()))
    expect(await within(1, late, () => 'late')).toBe('late')
    await delay(2 * BRIEF_MS)
  })
})

describe('unlessAborted', () => {
  test('ends with an abort, also with one that was there before', async () => {
    expect(await unlessAborted(AbortSignal.abort(), new Promise(() => undefined), () => 'aborted')).toBe('aborted')
    expect(await unlessAborted(new AbortController().signal, Promise.resolve('done'), () => 'aborted')).toBe('done')
  })
})

describe('Throttle', () => {
  test('acts once for all requests of its wait, and at once when flushed', async () => {
    let acts = 0
    using throttle = new Throttle(BRIEF_MS, () => acts++)
    throttle.request()
    throttle.request()
    await delay(3 * BRIEF_MS)
    expect(acts).toBe(1)
    throttle.flush()
    expect(acts).toBe(1)
    throttle.request()
    throttle.flush()
    expect(acts).toBe(2)
  })
})
