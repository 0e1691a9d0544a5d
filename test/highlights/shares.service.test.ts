import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RecapSchema, ShareSchema } from '../../src/protocol/index.ts'
import { at, type OpenHighlights, openHighlights, START, SURROUNDINGS } from './open-highlights.ts'

let open: OpenHighlights
beforeAll(async () => {
  open = await openHighlights()
})
afterAll(() => open?.[Symbol.asyncDispose]())
beforeEach(() => {
  open.time.now = START + 20_000
})

const OTHER = 'hl_01K00000000000000000000000'

describe('a share', () => {
  test('opens its clip until it expires, and no longer', async () => {
    const recordingId = await open.record('completed')
    const { id } = await open.highlights.trigger(recordingId, { at: at(10) })
    const share = await open.highlights.share(id, { expiresInSec: 60 })
    expect(Value.Errors(ShareSchema, share)).toEqual([])
    const token = share.url.slice('https://rec.test/s/'.length)
    expect(await open.highlights.openShare(token)).toEqual({ highlight: await open.highlights.get(id), share })
    open.time.now += 59_999
    await open.highlights.openShare(token)
    open.time.now += 1
    await expect(open.highlights.openShare(token)).rejects.toMatchObject({ code: 'share.not-found' })
  })

  test('that is revoked, forged or of a deleted highlight opens nothing', async () => {
    const recordingId = await open.record('completed')
    const { id } = await open.highlights.trigger(recordingId, { at: at(10) })
    const [one, two] = [await open.highlights.share(id), await open.highlights.share(id)]
    const tokenOf = ({ url }: { url: string }) => url.slice(url.lastIndexOf('/') + 1)
    const revoked = await open.highlights.revokeShare(id, one.id)
    expect(revoked.revokedAt).not.toBeNull()
    open.time.now += 5000
    expect(await open.highlights.revokeShare(id, one.id)).toEqual(revoked)
    expect((await open.highlights.shares(id, { limit: 9 })).items).toEqual([two, revoked])
    const [shareId = '', expiry = '', signature = ''] = tokenOf(two).split('.')
    const forged = [
      tokenOf(one),
      'nonsense',
      `${shareId}.${Number(expiry) + 1}.${signature}`,
      `${one.id}.${expiry}.${signature}`,
      `${shareId}.${expiry}.${'A'.repeat(43)}`,
    ]
    for (const token of forged) {
      await expect(open.highlights.openShare(token)).rejects.toMatchObject({ code: 'share.not-found' })
    }
    await open.highlights.openShare(tokenOf(two))
    await expect(open.highlights.revokeShare(OTHER, two.id)).rejects.toMatchObject({ code: 'highlight.not-found' })
    await open.highlights.delete(id)
    await expect(open.highlights.openShare(tokenOf(two))).rejects.toMatchObject({ code: 'share.not-found' })
  })
})

describe('a recap', () => {
  test('joins what is ready, in the order of time or as chosen', async () => {
    const recordingId = await open.record('completed')
    await expect(open.highlights.recap(recordingId, {})).rejects.toMatchObject({ code: 'highlight.not-ready' })
    const ids: string[] = []
    for (const sec of [15, 5, 10]) {
      const { id: highlightId } = await open.highlights.trigger(recordingId, { at: at(sec), label: `At ${sec}` })
      ids.push(highlightId)
      if (sec !== 10) await open.cut({ recordingId, highlightId })
    }
    const [late = '', early = '', notReady = ''] = ids
    const recap = await open.highlights.recap(recordingId, { title: 'Best of' })
    expect(Value.Errors(RecapSchema, recap)).toEqual([])
    expect(recap).toMatchObject({ state: 'rendering', highlights: [early, late], titles: true, crossfadeSec: 0.5 })
    expect(open.queued.at(-1)).toBe(recap.id)
    expect(await open.recapJobs.begin({ recordingId, recapId: recap.id }, SURROUNDINGS)).toMatchObject({
      title: 'Best of',
      clips: [
        { highlightId: early, label: 'At 5', at: at(5) },
        { highlightId: late, label: 'At 15', at: at(15) },
      ],
    })
    const wokenBefore = open.woken.length
    await open.recapJobs.finish({ recordingId, recapId: recap.id }, { durationSec: 9, bytes: 99 })
    expect(open.woken.slice(wokenBefore)).toEqual([`${recordingId}/0`])
    expect(await open.highlights.getRecap(recap.id)).toMatchObject({ state: 'ready', durationSec: 9, bytes: 99 })
    expect(await open.recapJobs.begin({ recordingId, recapId: recap.id }, SURROUNDINGS)).toBeUndefined()
    const chosen = await open.highlights.recap(recordingId, { highlights: [late, early] })
    expect(chosen.highlights).toEqual([late, early])
    await open.recapJobs.fail({ recordingId, recapId: chosen.id }, { code: 'ffmpeg.failed', message: 'no' })
    expect((await open.highlights.recaps(recordingId, { limit: 9 })).items.map(({ state }) => state)).toEqual([
      'failed',
      'ready',
    ])
    expect((await open.events(recordingId)).slice(-2)).toEqual(['recap.ready', 'recap.failed'])
    const wrong = { highlights: [early, notReady] }
    await expect(open.highlights.recap(recordingId, wrong)).rejects.toMatchObject({
      code: 'highlight.not-ready',
      field: '/highlights/1',
    })
    await expect(open.highlights.recap(recordingId, { highlights: [OTHER] })).rejects.toMatchObject({
      code: 'highlight.not-found',
    })
    await expect(open.highlights.getRecap('rcp_x')).rejects.toMatchObject({ code: 'recap.not-found' })
  })
})
