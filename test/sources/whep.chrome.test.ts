import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Sfu } from '../kit/servers/sfu/index.ts'
import { CLIP_SIZE, makePatternClip } from '../kit/sources/clip.ts'
import { patternOf } from '../kit/sources/pattern.ts'
import { longestPauseMs, SourceHarness, tell } from './harness.ts'
import { WhepDoor } from './whep-door.ts'

/** A session takes 0.3 s, and a second more until the next key frame of FFmpeg, which cannot be asked for one. */
const START_WITHIN_MS = 5000
/** From the return of a publisher or a server to moving pictures: the longest it may take. */
const BACK_WITHIN_MS = 5000
const STALL_WITHIN_MS = 3000
/** A server that hangs up says nothing: the page looks, waits and asks again, beside the sessions of the other tests. */
const CALLED_BACK_WITHIN_MS = 8000
const OUTAGE_MS = 10_000
/** Within this time a source that never was live says nothing. */
const ABSENT_MS = 3000
/** A recording of ten times this is judged frame by frame by the conformance tests. */
const SMOOTH_MS = 5000
/** No freeze may be longer than this. */
const FREEZE_MS = 500
const CLIP_SEC = 120

let harness: SourceHarness
let clip: string

beforeAll(async () => {
  clip = await makePatternClip(patternOf(0), CLIP_SEC)
  harness = await SourceHarness.start()
})
afterAll(() => harness[Symbol.asyncDispose]())

describe('a WHEP source', () => {
  // Alone: the start of the other tests' servers takes the machine from it.
  test('plays without a freeze, its picture in a muted element and its sound in one stream with it', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('smooth', clip)
    await using source = await harness.open({ id: 'smooth', type: 'whep', url: sfu.whepUrl('smooth') })
    const live = await source.waitFor('live', { withinMs: START_WITHIN_MS })
    await sleep(SMOOTH_MS)
    const view = await source.view()
    expect(longestPauseMs(view, live.atMs)).toBeLessThan(FREEZE_MS)
    expect(view.streams).toEqual([['audio', 'video']])
    expect(view).toMatchObject({ muted: true, width: CLIP_SIZE.width })
  })

  test.concurrent('comes back when its publisher leaves and returns', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('returns', clip)
    await using source = await harness.open({ id: 'returns', type: 'whep', url: sfu.whepUrl('returns') })
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    const leftMs = Date.now()
    await sfu.unpublish('returns')
    const stalled = await source.waitFor('stalled', { withinMs: STALL_WITHIN_MS, sinceMs: leftMs })
    expect(stalled.code).toBe('source.stalled')
    await sleep(OUTAGE_MS)
    expect((await source.view()).states.map(({ state }) => state)).toEqual(['live', 'stalled'])
    const returnedMs = Date.now()
    await sfu.feed('returns', clip, 20)
    const back = await source.waitFor('live', { withinMs: BACK_WITHIN_MS, sinceMs: returnedMs })
    console.log(`publisher returned: back after ${back.atMs - returnedMs} ms`)
    expect((await source.view()).streams.at(-1)).toEqual(['audio', 'video'])
  })

  test.concurrent('comes back when the server hangs up', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('hang-up', clip)
    await using source = await harness.open({ id: 'hang-up', type: 'whep', url: sfu.whepUrl('hang-up') })
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    const hungUpMs = Date.now()
    await sfu.hangUp('hang-up')
    await source.waitFor('stalled', { withinMs: STALL_WITHIN_MS, sinceMs: hungUpMs })
    const back = await source.waitFor('live', { withinMs: CALLED_BACK_WITHIN_MS, sinceMs: hungUpMs + 500 })
    console.log(`hung up: back after ${back.atMs - hungUpMs} ms`)
  })

  test.concurrent('comes back when the server is killed and started again', async () => {
    const first = await Sfu.start()
    await first.feed('restart', clip)
    await using door = await WhepDoor.open(first.whepUrl('restart'))
    await using source = await harness.open({ id: 'restart', type: 'whep', url: door.url })
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    const killedMs = Date.now()
    door.manner = 'down'
    await first[Symbol.asyncDispose]()
    await source.waitFor('stalled', { withinMs: STALL_WITHIN_MS, sinceMs: killedMs })
    await sleep(OUTAGE_MS)
    await using second = await Sfu.start()
    await second.feed('restart', clip, 20)
    door.target = second.whepUrl('restart')
    door.manner = 'open'
    const startedMs = Date.now()
    const back = await source.waitFor('live', { withinMs: BACK_WITHIN_MS, sinceMs: startedMs })
    console.log(`server restarted: back after ${back.atMs - startedMs} ms`)
  })

  test.concurrent('waits for a publisher who is not there yet', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('late', clip)
    await sfu.refuse('late', 404)
    await using source = await harness.open({ id: 'late', type: 'whep', url: sfu.whepUrl('late') })
    await sleep(ABSENT_MS)
    expect((await source.view()).states).toEqual([])
    await sfu.refuse('late', 0)
    await source.waitFor('live', { withinMs: BACK_WITHIN_MS })
    expect((await source.view()).states.map(({ state }) => state)).toEqual(['live'])
  })

  test.concurrent('says why a server refuses it, and comes back when it no longer does', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('refused', clip)
    await using door = await WhepDoor.open(sfu.whepUrl('refused'))
    door.manner = 401
    await using source = await harness.open({ id: 'refused', type: 'whep', url: door.url, token: 'secret' })
    const failed = await source.waitFor('failed', { withinMs: START_WITHIN_MS })
    expect(failed.code).toBe('source.refused')
    expect(failed.message).toContain('401')
    expect(door.visits).toEqual([{ method: 'POST', path: '/whep', authorization: 'Bearer secret' }])
    door.manner = 'open'
    // A refusal is asked about again every 10 s only.
    await source.waitFor('live', { withinMs: 10_000 + START_WITHIN_MS })
  })

  test.concurrent('follows a redirect and deletes its session when it is removed', async () => {
    await using sfu = await Sfu.start()
    await sfu.feed('removed', clip)
    await using door = await WhepDoor.open(sfu.whepUrl('removed'))
    door.manner = 'redirect'
    const source = await harness.open({ id: 'removed', type: 'whep', url: door.url })
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    expect(await sfu.viewers('removed')).toBe(1)
    await source[Symbol.asyncDispose]()
    const view = await source.view()
    expect(
      door.visits.map(({ method }) => method),
      tell(view),
    ).toEqual(['POST', 'POST', 'DELETE'])
    expect(door.visitsBy('DELETE')[0]?.path).toMatch(/^\/session\//)
    expect(await sfu.viewers('removed')).toBe(0)
    expect(view).toMatchObject({ hasMedia: false, attached: false })
    expect(view.streams).toEqual([['audio', 'video'], null])
  })

  test.concurrent('answers the offer of a server that takes none', async () => {
    await using door = await WhepDoor.open('http://127.0.0.1:1/whep')
    door.counter = { offer: () => harness.offerPicture(), answer: (sdp) => harness.acceptAnswer(sdp) }
    await using source = await harness.open({ id: 'counter', type: 'whep', url: door.url })
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    expect(door.visits.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /whep', 'PATCH /session/counter'])
    expect((await source.view()).streams).toEqual([['video']])
  })
})
