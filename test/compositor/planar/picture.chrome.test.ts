import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TRANSITION_MS } from '../../../recorder-page/scene/plan/scene-animator.ts'
import { LAYOUT_NAMES, type Layout, type Signal } from '../../../src/protocol/index.ts'
import { BOARD_SIGNALS } from '../../scene/board-lesson.ts'
import { CAPTION, CHAT, classOf, NOW, source } from '../../scene/classes.ts'
import type { CompareRequest, FrameShape } from '../../scene/page/compare-messages.ts'
import { SceneStudio } from '../../scene/scene-studio.ts'

const CHROME_TIMEOUT_MS = 60_000
/** Two levels of 255: each compositor rounds to 8 bits twice, in RGB or in YUV. */
const LEVELS = 2
/** Chrome's canvas truncates where it blends by an opacity: with two half-transparent tiles over each other it is a level darker than it should be. */
const FADING_LEVELS = 3
/**
 * How far a sample at an edge may lie outside of what the canvas has within the reach of it. Chrome's canvas interpolates in steps of a sixteenth, so a row
 * between black and white is off by up to 14 of 219 levels, and where the edge of a label lies on that of a frame nothing around shows it.
 */
const EDGE_LEVELS = 14
/** Where a frame of 360 rows is enlarged to the picture's 540, an edge of two of its samples is three of the picture's. */
const ENLARGED = 3
const SIZE = { width: 960, height: 540 }
/** For what has no text to be read. */
const SMALL = { width: 640, height: 360 }
/** Text, whiteboard and charts leave at least so much of a picture without an edge. */
const FLAT_SHARE = 0.4
const LIMITED_BT709 = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false }
const TICK_MS = 40
const PLAIN: FrameShape = { width: 640, height: 360 }

let studio: SceneStudio
beforeAll(async () => {
  studio = await SceneStudio.open()
}, CHROME_TIMEOUT_MS)
afterAll(() => studio?.[Symbol.asyncDispose]())

const custom: Layout = {
  name: 'custom',
  tiles: [
    { source: 's0', x: 0, y: 0, width: 0.5, height: 1 },
    { source: 's1', x: 0.5, y: 0, width: 0.5, height: 0.5 },
    { source: 's2', x: 0.5, y: 0.5, width: 0.5, height: 0.5, fit: 'contain' },
    { board: true, x: 0.3, y: 0.3, width: 0.4, height: 0.4 },
    { source: 's3', x: 0.42, y: 0.1, width: 0.13, height: 0.17 },
  ],
}
const layoutOf = (name: (typeof LAYOUT_NAMES)[number], view: 'audience' | 'presenter'): Layout => ({
  ...(name === 'custom' ? custom : { name }),
  view,
})

function request(count: number, change: Partial<CompareRequest>): CompareRequest {
  const { sources } = classOf(count)
  const frames = Object.fromEntries(sources.map(({ id }) => [id, PLAIN]))
  return { size: SIZE, layout: { name: 'grid' }, sources, frames, moments: [{ atMs: NOW }], ...change }
}

async function expectSame(given: CompareRequest, levels = LEVELS): Promise<void> {
  const moments = await studio.compare(given)
  moments.forEach(({ flat, flatShare, outside, worst, colours, format }, index) => {
    expect(flat, `moment ${index}: ${worst}`).toBeLessThanOrEqual(levels)
    expect(outside, `moment ${index}: ${worst}`).toBeLessThanOrEqual(EDGE_LEVELS)
    expect(flatShare).toBeGreaterThan(FLAT_SHARE)
    expect({ format, ...colours }).toEqual({ format: 'I420', ...LIMITED_BT709 })
  })
}

describe.each(LAYOUT_NAMES)('the layout %s is the same in both compositors', (name) => {
  test.each(['audience', 'presenter'] as const)('for the %s', async (view) => {
    const moments = [
      { atMs: NOW, signals: [...BOARD_SIGNALS, ...CHAT] },
      { atMs: NOW + 1000, signals: CAPTION },
      { atMs: NOW + 2000, frames: { s0: { ...PLAIN, content: 3 } } },
    ]
    await expectSame(request(5, { layout: layoutOf(name, view), moments, reach: ENLARGED }))
  })
})

test('transitions are', async () => {
  const names = ['grid', 'speaker', 'lecture', 'custom', 'single', 'board', 'grid'] as const
  const moments = names.flatMap((name, index) =>
    [0, 1, 2, TRANSITION_MS / TICK_MS + 1].map((ticks) => ({
      atMs: NOW + index * 1000 + ticks * TICK_MS,
      layout: layoutOf(name, 'audience'),
      ...(index === 0 && ticks === 0 ? { signals: [...BOARD_SIGNALS, ...CHAT] } : {}),
    })),
  )
  await expectSame(request(4, { moments, reach: ENLARGED }), FADING_LEVELS)
})

test('voices that come and go, hands, mutes and placeholders are', async () => {
  const class_ = (level: number) => [
    source('s0', { level, label: 'Ms Li', role: 'presenter' }),
    source('s1', { level: 0.5 - level, label: 'محمد عبد الرحمن' }),
    source('s2', { muted: true, label: 'Zoë 🌸 Brown' }),
    source('s3', { state: 'stalled', stateSinceMs: NOW - 3000 }),
    source('s4', { state: 'connecting', hasFrame: false }),
  ]
  const hand: Signal = { v: 1, type: 'hand.raised', at: NOW, from: 's1' }
  const moments = Array.from({ length: 8 }, (_, index) => ({
    atMs: NOW + index * TICK_MS,
    sources: class_(index % 4 < 2 ? 0 : 0.5),
    ...(index === 3 ? { signals: [hand] } : {}),
  }))
  await expectSame({ ...request(5, { moments, layout: { name: 'small-class' } }), sources: class_(0) })
})

test('a whiteboard that is drawn on is', async () => {
  const moments = BOARD_SIGNALS.map((signal: Signal, index) => ({ atMs: NOW + index * TICK_MS, signals: [signal] }))
  await expectSame(request(2, { layout: { name: 'board' }, moments: [...moments, { atMs: NOW + 5000 }] }))
})

const SHAPES: Readonly<Record<string, FrameShape>> = {
  I420: { width: 640, height: 360 },
  NV12: { ...PLAIN, format: 'NV12' },
  RGBA: { ...PLAIN, format: 'RGBA' },
  BGRX: { ...PLAIN, format: 'BGRX' },
  I422: { ...PLAIN, format: 'I422' },
  I444: { ...PLAIN, format: 'I444' },
  I420A: { ...PLAIN, format: 'I420A' },
  'RGBA with alpha': { ...PLAIN, format: 'RGBA' },
  '10 bit': { ...PLAIN, format: 'I420P10' },
  'BT.601': {
    ...PLAIN,
    colours: { primaries: 'smpte170m', transfer: 'smpte170m', matrix: 'smpte170m', fullRange: false },
  },
  'BT.601, full range': {
    ...PLAIN,
    colours: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'smpte170m', fullRange: true },
  },
  'BT.601, full range NV12': {
    ...PLAIN,
    format: 'NV12',
    colours: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'smpte170m', fullRange: true },
  },
  'BT.709, full range': {
    ...PLAIN,
    colours: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: true },
  },
  'BT.2020': { ...PLAIN, colours: { primaries: 'bt2020', transfer: 'bt709', matrix: 'bt2020-ncl', fullRange: false } },
  'turned by 90°': { ...PLAIN, rotation: 90 },
  'turned by 180°': { ...PLAIN, rotation: 180 },
  'turned by 270° and mirrored': { ...PLAIN, rotation: 270, flip: true },
  'turned by 90° and mirrored': { ...PLAIN, rotation: 90, flip: true },
  mirrored: { ...PLAIN, flip: true },
  'RGBA turned by 90°': { ...PLAIN, format: 'RGBA', rotation: 90 },
  'not of square pixels': { width: 720, height: 576, display: { width: 1024, height: 576 } },
  'not of square pixels, turned': { width: 720, height: 576, display: { width: 576, height: 1024 }, rotation: 90 },
  'a visible part': { width: 672, height: 384, visible: { x: 16, y: 12, width: 640, height: 360 } },
  'of odd size': { width: 427, height: 241 },
  'larger than its tile': { width: 1920, height: 1080 },
  'much larger than its tile': { width: 3840, height: 2160 },
  small: { width: 320, height: 180 },
  upright: { width: 360, height: 640 },
}

describe('frames are', () => {
  test.each(Object.entries(SHAPES))('%s', async (_name, shape) => {
    const screen = [source('s0'), source('s1', { role: 'screen' }), source('s2')]
    const frames = { s0: shape, s1: shape, s2: PLAIN }
    await expectSame({ ...request(3, { size: SMALL }), sources: screen, frames, reach: ENLARGED })
  })

  test('that change their size', async () => {
    const shapes = [PLAIN, { width: 1280, height: 720 }, { width: 480, height: 640 }, PLAIN]
    const moments = shapes.map((shape, index) => ({
      atMs: NOW + index * TICK_MS,
      frames: { s0: { ...shape, content: index } },
    }))
    await expectSame(request(2, { size: SMALL, moments }))
  })
})
