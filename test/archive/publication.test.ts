import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPublication, getText, loadSegments, playerView } from '../../src/archive/index.ts'
import { parsePlaylist, renderIndex } from '../../src/playlist/index.ts'
import { storedOf } from '../../src/recording/record.ts'
import { openStore } from '../../src/store/index.ts'
import { evenSegments } from '../playlist/segments.ts'

const ID = 'rec_1'
const targetDurationSec = 3

async function openFolder() {
  const path = await mkdtemp(join(tmpdir(), 'panorec-publication-'))
  const store = await openStore({ kind: 'fs', path })
  return { store, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

test('is read whole at every moment, though the index is written rarely', async () => {
  await using opened = await openFolder()
  const { store } = opened
  const publication = createPublication({ store, recordingId: ID, targetDurationSec }, [])
  const segments = evenSegments(60)
  let indexWrites = 0
  let before: string | undefined
  for (const [at, segment] of segments.entries()) {
    publication.add(segment)
    await publication.publish({ ended: false })
    const known = segments.slice(0, at + 1)
    expect((await loadSegments(store, ID))?.segments).toEqual(known)
    const seen = await playerView(store).get(`${ID}/index.m3u8`)
    expect(await new Response(seen.body).text()).toBe(renderIndex(known, { targetDurationSec, ended: false }))
    const stored = await getText(store, `${ID}/index.m3u8`)
    if (stored !== before) indexWrites += 1
    before = stored
  }
  // Twice the root of 60, and one.
  expect(indexWrites).toBeLessThanOrEqual(16)
  await publication.publish({ ended: true })
  expect(await getText(store, `${ID}/tail.m3u8`)).toBeUndefined()
  expect(parsePlaylist((await getText(store, `${ID}/index.m3u8`)) ?? '')).toMatchObject({ ended: true, segments })
})

test('is read from its end where that is enough', async () => {
  await using opened = await openFolder()
  const { store } = opened
  const segments = evenSegments(200)
  const publication = createPublication({ store, recordingId: ID, targetDurationSec }, segments)
  await publication.publish({ ended: false })
  const reads: string[] = []
  const watched: Pick<typeof store, 'get'> = {
    get(key, options) {
      reads.push(key)
      return store.get(key, options)
    },
  }
  const sinceMs = segments[190]?.programDateTimeMs ?? 0
  const end = await loadSegments(watched, ID, { sinceMs })
  expect(end?.segments.at(0)?.programDateTimeMs).toBeLessThanOrEqual(sinceMs)
  expect(end?.segments).toEqual(segments.slice(185))
  expect(reads).toEqual([`${ID}/live.m3u8`])
  expect((await loadSegments(watched, ID))?.segments).toEqual(segments)
})

test('goes on after an earlier take, with a discontinuity and figures of each', async () => {
  await using opened = await openFolder()
  const { store } = opened
  const publication = createPublication({ store, recordingId: ID, targetDurationSec }, evenSegments(3))
  const [shape] = evenSegments(1)
  if (shape === undefined) throw new Error('no segment')
  expect(publication.timelineBeforeSec(2)).toBe(6)
  const gap = { ...shape, take: 2, uri: 'takes/2/0.ts', gap: true }
  expect(publication.add(gap)).toMatchObject({ seq: 3, discontinuity: true })
  expect(publication.add({ ...shape, take: 2, uri: 'takes/2/1.ts' })).toMatchObject({ seq: 4, discontinuity: false })
  expect(storedOf(publication.stored, 2)).toEqual({ durationSec: 2, segments: 1 })
  expect([publication.stored.durationSec, publication.timelineSec]).toEqual([8, 10])
  await publication.publish({ ended: false })
  expect(await getText(store, `${ID}/live.m3u8`)).toContain('#EXT-X-VERSION:8\n')
})

test('of players answers ranges and validators of the index as of any object', async () => {
  await using opened = await openFolder()
  const { store } = opened
  const view = playerView(store)
  await expect(view.get(`${ID}/index.m3u8`)).rejects.toMatchObject({ code: 'store.not-found' })
  expect(await view.head(`${ID}/index.m3u8`)).toBeUndefined()
  const publication = createPublication({ store, recordingId: ID, targetDurationSec }, evenSegments(30))
  await publication.publish({ ended: false })
  const first = await view.head(`${ID}/index.m3u8`)
  const [, ...rest] = evenSegments(32).slice(29)
  for (const segment of rest) {
    publication.add(segment)
    await publication.publish({ ended: false })
  }
  const info = await view.head(`${ID}/index.m3u8`)
  expect(info?.etag).toMatch(/^"[^"]+"$/)
  expect(info?.etag).not.toBe(first?.etag)
  const part = await view.get(`${ID}/index.m3u8`, { range: { start: 1, end: 6 } })
  expect([await new Response(part.body).text(), part.size, part.range]).toEqual([
    'EXTM3U',
    info?.size,
    { start: 1, end: 6 },
  ])
  await expect(view.get(`${ID}/index.m3u8`, { range: { start: 1e6 } })).rejects.toMatchObject({
    code: 'store.range-invalid',
  })
})
