import { expect, test } from 'vitest'
import { parseClipSegments, planDeletion } from '../../src/recording/index.ts'

const MEDIA = ['takes/1/0.ts', 'takes/1/1.ts', 'takes/1/2.ts']
const NAMES = [
  'highlights/hl_a/clip.m3u8',
  'highlights/hl_a/clip.mp4',
  'highlights/hl_a/poster.jpg',
  'index.m3u8',
  'live.m3u8',
  'outputs/recap.mp4',
  'recording.json',
  'signals.jsonl',
  ...MEDIA,
]
const CLIP = 'highlights/hl_a/clip.m3u8'
const without = (name: string) => NAMES.filter((other) => other !== name)

test('playlists go first and the manifest last; clips that have their own file stay', () => {
  const { keys, waits } = planDeletion(NAMES, { highlights: 'keep', pins: new Map([[CLIP, MEDIA.slice(1)]]) })
  expect(waits).toBe(false)
  expect(keys).toEqual([CLIP, 'index.m3u8', 'live.m3u8', 'signals.jsonl', ...MEDIA, 'recording.json'])
})

test('everything goes when the highlights go too', () => {
  const plan = planDeletion(without('highlights/hl_a/clip.mp4'), {
    highlights: 'delete',
    pins: new Map([[CLIP, MEDIA]]),
  })
  expect(plan.waits).toBe(false)
  expect([...plan.keys].sort()).toEqual(without('highlights/hl_a/clip.mp4').sort())
})

test('a clip that is not cut yet pins its segments and the manifest', () => {
  const pins = new Map([[CLIP, ['takes/1/1.ts']]])
  const { keys, waits } = planDeletion(without('highlights/hl_a/clip.mp4'), { highlights: 'keep', pins })
  expect(waits).toBe(true)
  expect(keys).toEqual(['index.m3u8', 'live.m3u8', 'signals.jsonl', 'takes/1/0.ts', 'takes/1/2.ts'])
})

test('the segments of a clip are named from the folder of the recording', () => {
  const text = '#EXTM3U\n#EXTINF:2,\n../../takes/1/7.ts\n#EXTINF:2,\r\n../../takes/2/0.ts\n#EXT-X-ENDLIST\n'
  expect(parseClipSegments(text)).toEqual(['takes/1/7.ts', 'takes/2/0.ts'])
})
