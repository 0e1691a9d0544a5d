import { expect, test } from 'vitest'
import {
  deletionRank,
  findObject,
  KEPT,
  LAYOUT,
  objectKey,
  objectName,
  parseSegmentName,
  segmentName,
  splitKey,
  uriFrom,
} from '../../src/archive/keys.ts'

const PARTS: Readonly<Record<string, string>> = { take: '2', number: '17', highlight: 'hl_a', recap: 'rcp_a' }
const KINDS = Object.entries(LAYOUT).map(([kind, { name }]) => ({
  kind,
  name: name.replace(/\{(\w+)\}/g, (_, part: string) => PARTS[part] ?? ''),
  parts: Object.fromEntries([...name.matchAll(/\{(\w+)\}/g)].map(([, part = '']) => [part, PARTS[part]])),
}))

test.each(KINDS)('$name is of the kind $kind, and of no other', ({ kind, name, parts }) => {
  expect(findObject(name)).toMatchObject({ kind, parts })
  expect(Object.keys(findObject(name)?.parts ?? {})).toEqual(Object.keys(parts))
})

test.each([
  'recording.json.part',
  'takes/1/0.ts/more',
  'takes/one/0.ts',
  'takes/1/.hidden',
  'takes/1/../../recording.json',
  'highlights/../clip.mp4',
  'highlights/a/b/clip.mp4',
  'outputs/other.mp4',
  'index_m3u8',
  '',
])('no recording has "%s"', (name) => {
  expect(findObject(name)).toBeUndefined()
})

test('a segment is known by its name, and nothing else is', () => {
  expect(segmentName({ take: 2, number: 17 })).toBe('takes/2/17.ts')
  expect(parseSegmentName('takes/2/17.ts')).toEqual({ take: 2, number: 17 })
  expect(['takes/newest.json', 'highlights/hl_a/clip.mp4', 'takes/2/17.ts.part'].map(parseSegmentName)).toEqual(
    Array.from({ length: 3 }),
  )
})

test('a key is a recording and a name', () => {
  const key = objectKey('rec_a', 'clip', { highlight: 'hl_a' })
  expect(key).toBe('rec_a/highlights/hl_a/clip.mp4')
  expect(splitKey(key)).toEqual({ recordingId: 'rec_a', name: 'highlights/hl_a/clip.mp4' })
  expect(splitKey('rec_a')).toEqual({ recordingId: 'rec_a', name: '' })
})

test('playlists name segments relative to themselves', () => {
  const segment = segmentName({ take: 1, number: 0 })
  expect([uriFrom('index', segment), uriFrom('clipPlaylist', segment)]).toEqual([segment, `../../${segment}`])
})

test('a deletion takes playlists, then media, then the manifest, and never the fence', () => {
  const names = [objectName('live'), segmentName({ take: 1, number: 0 }), objectName('manifest'), objectName('fence')]
  const ranks = names.map(deletionRank)
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
  expect(new Set(ranks).size).toBe(names.length)
  expect(ranks.at(-1)).toBe(KEPT)
  expect(deletionRank('takes/1/0.ts.part')).toBe(deletionRank(segmentName({ take: 1, number: 0 })))
})

test('what may be kept for ever is served, and no row is', () => {
  for (const { immutable, served, mediaType } of Object.values(LAYOUT)) {
    if (immutable) expect(served).toBe(true)
    if (mediaType === 'application/json') expect(served).toBe(false)
  }
})
