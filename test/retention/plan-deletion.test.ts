import { expect, test } from 'vitest'
import { planDeletion } from '../../src/retention/plan-deletion.ts'

const MEDIA = ['takes/1/0.ts', 'takes/1/1.ts', 'takes/1/2.ts', 'takes/1/3.ts', 'takes/1/4.ts']
const FENCE = 'takes/newest.json'
const CLIP = ['highlights/hl_a/clip.m3u8', 'highlights/hl_a/clip.mp4', 'highlights/hl_a/poster.jpg']
const FILMS = ['outputs/rcp_a.mp4', 'outputs/rcp_b.mp4']
const NAMES = [...CLIP, 'index.m3u8', 'live.m3u8', ...FILMS, 'recording.json', 'signals.jsonl', ...MEDIA, FENCE]
const NOTHING = { cutting: [], rendering: false }

test('playlists go first and the manifest last; clips and their films stay, and the fence for ever', () => {
  const keys = planDeletion(NAMES, { highlights: 'keep', pending: NOTHING, outputs: ['outputs/rcp_a.mp4'] })
  expect(keys).toEqual([
    'highlights/hl_a/clip.m3u8',
    'index.m3u8',
    'live.m3u8',
    'outputs/rcp_b.mp4',
    'signals.jsonl',
    ...MEDIA,
    'recording.json',
  ])
})

test('everything but the fence goes when the highlights go too', () => {
  const keys = planDeletion(NAMES, { highlights: 'delete', pending: NOTHING, outputs: [] })
  expect([...keys, FENCE].sort()).toEqual([...NAMES].sort())
})

test('a clip that is not cut yet pins its playlist, its segments and those around them, and the manifest', () => {
  const pending = { cutting: [{ id: 'hl_a', segments: ['takes/1/2.ts'] }], rendering: false }
  const keys = planDeletion(NAMES, { highlights: 'keep', pending, outputs: FILMS })
  expect(keys).toEqual(['index.m3u8', 'live.m3u8', 'signals.jsonl', 'takes/1/0.ts', 'takes/1/4.ts'])
})

test('a recap that is rendered pins the manifest alone', () => {
  const pending = { cutting: [], rendering: true }
  const keys = planDeletion(NAMES, { highlights: 'keep', pending, outputs: FILMS })
  expect([...keys, ...CLIP.slice(1), ...FILMS, 'recording.json', FENCE].sort()).toEqual([...NAMES].sort())
})
