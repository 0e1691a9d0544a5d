import { ulid } from 'ulid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Highlights } from '../../src/highlights/index.ts'
import type { PageQuery } from '../../src/recording/index.ts'

interface OpenedHighlights extends AsyncDisposable {
  readonly highlights: Highlights
  /** A recording of the room `class-42` that runs. */
  newRecording(): Promise<string>
  /** The clip of the highlight is there. */
  makeReady(highlightId: string): Promise<void>
  /** Moves the clock on. */
  pass(sec: number): void
  /** The clock's time, RFC 3339. */
  now(): string
}

const ALL: PageQuery = { limit: 100 }
const NO_RECORDING = 'rec_01K00000000000000000000000'
const NO_HIGHLIGHT = 'hl_01K00000000000000000000000'
const NO_SHARE = 'shr_01K00000000000000000000000'
const NO_RECAP = 'rcp_01K00000000000000000000000'

/** The conformance suite of the use cases of highlights, as the API calls them: over the real ones, and over the fake. */
export function testHighlights(open: () => Promise<OpenedHighlights>): void {
  let opened: OpenedHighlights
  let recordingId: string
  beforeAll(async () => {
    opened = await open()
    recordingId = await opened.newRecording()
  })
  afterAll(() => opened[Symbol.asyncDispose]())
  const trigger = async (more: object = {}) => await opened.highlights.trigger(recordingId, more)
  const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

  test('trigger one that waits for its post-roll, and find it again', async () => {
    const made = await trigger({ preSec: 5, postSec: 30, label: 'Great', by: 'Ms Li', metadata: { q: '7' } })
    expect(made).toMatchObject({
      ...{ recordingId, state: 'waiting', at: opened.now(), preSec: 5, postSec: 30, label: 'Great', by: 'Ms Li' },
      ...{ metadata: { q: '7' }, trigger: 'api', rule: null, favourite: false, clamped: null, gaps: [], error: null },
    })
    expect(Date.parse(made.to) - Date.parse(made.from)).toBe(35_000)
    expect(await opened.highlights.get(made.id)).toEqual(made)
    expect(await trigger()).toMatchObject({ preSec: 20, postSec: 10, label: null, by: null, metadata: {} })
  })

  test('know no other id', async () => {
    const { highlights } = opened
    const { id } = await trigger()
    for (const [code, call] of [
      ['recording.not-found', () => highlights.trigger(NO_RECORDING, {})],
      ['recording.not-found', () => highlights.recap(NO_RECORDING, {})],
      ['recording.not-found', () => highlights.recaps(NO_RECORDING, ALL)],
      ['highlight.not-found', () => highlights.get(NO_HIGHLIGHT)],
      ['highlight.not-found', () => highlights.delete(NO_HIGHLIGHT)],
      ['highlight.not-found', () => highlights.update(NO_HIGHLIGHT, { label: 'x' })],
      ['highlight.not-found', () => highlights.setFavourite(NO_HIGHLIGHT, true)],
      ['highlight.not-found', () => highlights.share(NO_HIGHLIGHT)],
      ['highlight.not-found', () => highlights.shares(NO_HIGHLIGHT, ALL)],
      ['highlight.not-found', () => highlights.revokeShare(NO_HIGHLIGHT, NO_SHARE)],
      ['highlight.not-found', () => highlights.recap(recordingId, { highlights: [NO_HIGHLIGHT] })],
      ['share.not-found', () => highlights.revokeShare(id, NO_SHARE)],
      ['share.not-found', () => highlights.openShare('forged')],
      ['recap.not-found', () => highlights.getRecap(NO_RECAP)],
      ['recap.not-found', () => highlights.deleteRecap(NO_RECAP)],
    ] as const)
      await expect(call()).rejects.toMatchObject({ code })
  })

  test('cut once for one key, however often it is triggered', async () => {
    const origin = { trigger: 'api', key: `key-${performance.now()}` } as const
    const first = await opened.highlights.trigger(recordingId, { label: 'a' }, origin)
    expect(await opened.highlights.trigger(recordingId, { label: 'a' }, origin)).toEqual(first)
    expect((await trigger({ label: 'a' })).id).not.toBe(first.id)
  })

  test('list the newest first, page by page and by every filter', async () => {
    const own = await opened.newRecording()
    const made = []
    for (const label of ['One', 'two', 'THREE'])
      made.unshift(await opened.highlights.trigger(own, { label, by: `who says ${label}` }))
    const ids = made.map(({ id }) => id)
    const [three, two, one] = ids
    const first = await opened.highlights.list({ recordingId: own, limit: 2 })
    expect(first.items.map(({ id }) => id)).toEqual([three, two])
    const rest = await opened.highlights.list({ recordingId: own, limit: 2, cursor: first.nextCursor ?? '' })
    expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([[one], null])
    await opened.highlights.setFavourite(two ?? '', true)
    await opened.makeReady(one ?? '')
    const { at = '' } = made[0] ?? {}
    const later = new Date(Date.parse(at) + 1).toISOString()
    for (const [filter, expected] of [
      [{ favourite: true }, [two]],
      [{ states: ['ready'] }, [one]],
      [{ states: ['waiting', 'ready'] }, ids],
      [{ label: 'hre' }, [three]],
      [{ by: 'who says two' }, [two]],
      [{ room: 'class-42' }, ids],
      [{ room: 'class-43' }, []],
      [{ since: at, until: later }, ids],
      [{ since: later }, []],
      [{ until: at }, []],
    ] as const) {
      const { items } = await opened.highlights.list({ recordingId: own, limit: 9, ...filter })
      expect([filter, items.map(({ id }) => id)]).toEqual([filter, expected])
    }
    await expect(opened.highlights.list({ limit: 1, cursor: 'abc' })).rejects.toMatchObject({
      code: 'request.cursor-invalid',
    })
  })

  test('rename and mark one, in any state', async () => {
    const { id } = await trigger()
    for (const label of ['Great', null]) expect((await opened.highlights.update(id, { label })).label).toBe(label)
    for (const favourite of [true, true, false])
      expect((await opened.highlights.setFavourite(id, favourite)).favourite).toBe(favourite)
  })

  test('share one until the link expires, is revoked, or its highlight is gone', async () => {
    const { id } = await trigger()
    const { highlights } = opened
    const [brief, revoked, lasting] = [
      await highlights.share(id, { expiresInSec: 60 }),
      await highlights.share(id, { expiresInSec: 3600 }),
      await highlights.share(id),
    ]
    expect(brief).toMatchObject({ highlightId: id, createdAt: opened.now(), revokedAt: null })
    expect(Date.parse(lasting.expiresAt) - Date.parse(lasting.createdAt)).toBe(30 * 24 * 3600 * 1000)
    const openBy = (share: { readonly url: string }) => highlights.openShare(tokenOf(share.url))
    expect(await openBy(brief)).toMatchObject({ highlight: { id }, share: { id: brief.id } })
    const { revokedAt } = await highlights.revokeShare(id, revoked.id)
    opened.pass(60)
    expect(await highlights.revokeShare(id, revoked.id)).toMatchObject({ revokedAt })
    const listed = await highlights.shares(id, ALL)
    expect(listed.items.map((share) => [share.id, share.revokedAt])).toEqual([
      [lasting.id, null],
      [revoked.id, revokedAt],
      [brief.id, null],
    ])
    for (const share of [brief, revoked]) await expect(openBy(share)).rejects.toMatchObject({ code: 'share.not-found' })
    expect(await openBy(lasting)).toMatchObject({ highlight: { id } })
    await highlights.delete(id)
    await expect(openBy(lasting)).rejects.toMatchObject({ code: 'share.not-found' })
    await expect(highlights.get(id)).rejects.toMatchObject({ code: 'highlight.not-found' })
  })

  test('list links and recaps page by page', async () => {
    const own = await opened.newRecording()
    const { highlights } = opened
    const { id } = await highlights.trigger(own, {})
    await opened.makeReady(id)
    for (const list of [
      { make: () => highlights.share(id), read: (query: PageQuery) => highlights.shares(id, query) },
      { make: () => highlights.recap(own, {}), read: (query: PageQuery) => highlights.recaps(own, query) },
    ]) {
      const ids: string[] = []
      for (let n = 0; n < 3; n += 1) ids.unshift((await list.make()).id)
      const first = await list.read({ limit: 2 })
      expect(first.items.map((each) => each.id)).toEqual(ids.slice(0, 2))
      const rest = await list.read({ limit: 2, cursor: first.nextCursor ?? '' })
      expect([rest.items.map((each) => each.id), rest.nextCursor]).toEqual([ids.slice(2), null])
      await expect(list.read({ limit: 2, cursor: 'abc' })).rejects.toMatchObject({ code: 'request.cursor-invalid' })
    }
  })

  test('share one once for a call, and join a recap once, however often it is repeated', async () => {
    const own = await opened.newRecording()
    const { highlights } = opened
    const { id } = await highlights.trigger(own, {})
    await opened.makeReady(id)
    const once = { key: `api-${ulid()}`, ulid: ulid() }
    const share = await highlights.share(id, {}, once)
    opened.pass(1)
    expect(await highlights.share(id, {}, once)).toEqual(share)
    const recap = await highlights.recap(own, {}, once)
    expect(await highlights.recap(own, {}, once)).toEqual(recap)
    const counts = [await highlights.shares(id, ALL), await highlights.recaps(own, ALL)].map(
      ({ items }) => items.length,
    )
    expect(counts).toEqual([1, 1])
  })

  test('join those that are ready into a recap, and no others', async () => {
    const own = await opened.newRecording()
    const { highlights } = opened
    const [one, two] = [await highlights.trigger(own, {}), await highlights.trigger(own, {})]
    for (const request of [{}, { highlights: [one.id] }])
      await expect(highlights.recap(own, request)).rejects.toMatchObject({ code: 'highlight.not-ready' })
    await opened.makeReady(one.id)
    const all = await highlights.recap(own, { title: 'All of it' })
    expect(all).toMatchObject({
      ...{ recordingId: own, state: 'rendering', title: 'All of it', highlights: [one.id], omitted: [] },
      ...{ titles: true, crossfadeSec: 0.5, durationSec: null, readyAt: null, error: null },
    })
    await opened.makeReady(two.id)
    const chosen = await highlights.recap(own, { highlights: [two.id, one.id], titles: false, crossfadeSec: 0 })
    expect(chosen).toMatchObject({ highlights: [two.id, one.id], title: null, titles: false, crossfadeSec: 0 })
    expect(await highlights.getRecap(all.id)).toEqual(all)
    expect(await highlights.recaps(own, ALL)).toEqual({ items: [chosen, all], nextCursor: null })
    await highlights.deleteRecap(all.id)
    expect((await highlights.recaps(own, ALL)).items).toEqual([chosen])
  })
}
