import { describe, expect, test } from 'vitest'
import { fitFrame } from '../../recorder-page/scene/paint/fit-frame.ts'
import { planScene } from '../../recorder-page/scene/plan/plan-scene.ts'
import type { SceneInput, SceneSource } from '../../recorder-page/scene/plan/scene-input.ts'
import type { Layout, Signal } from '../../src/protocol/index.ts'
import { emptyRoom, reduceRoom } from '../../src/room/index.ts'
import { BOARD_SIGNALS } from './board-lesson.ts'
import { CLASS_PLACES } from './class-places.ts'
import { CAPTION, CHAT, classOf, NOW, source } from './classes.ts'

interface Given {
  readonly layout?: Layout
  readonly sources?: readonly SceneSource[]
  readonly signals?: readonly Signal[]
  readonly nowMs?: number
}

function plan({ layout = { name: 'grid' }, sources = classOf(3).sources, signals = [], nowMs = NOW }: Given) {
  const room = reduceRoom(emptyRoom(), signals)
  const input: SceneInput = { room, sources, layout, size: { width: 1280, height: 720 }, nowMs }
  return planScene(input)
}

function tileOf(given: Given, sourceId: string) {
  return plan(given).tiles.find((tile) => tile.kind !== 'board' && tile.sourceId === sourceId)
}

describe('a source that stops', () => {
  const stalled = (state: SceneSource['state']) => [source('a', { state, stateSinceMs: NOW })]

  test.each(['stalled', 'failed', 'ended', 'connecting'] as const)(
    'keeps its last frame for two seconds when %s',
    (state) => {
      expect(tileOf({ sources: stalled(state), nowMs: NOW + 1960 }, 'a')).toMatchObject({ kind: 'source' })
      expect(tileOf({ sources: stalled(state), nowMs: NOW + 2000 }, 'a')).toMatchObject({ kind: 'placeholder' })
    },
  )

  test('says whether it comes back', () => {
    expect(tileOf({ sources: stalled('stalled'), nowMs: NOW + 5000 }, 'a')).toMatchObject({ status: 'reconnecting' })
    expect(tileOf({ sources: stalled('ended'), nowMs: NOW + 5000 }, 'a')).toMatchObject({ status: 'ended' })
    const never = [source('a', { state: 'connecting', hasFrame: false })]
    expect(tileOf({ sources: never }, 'a')).toMatchObject({ kind: 'placeholder', status: 'waiting' })
  })

  test('leaves no empty tile when its person has left the room', () => {
    const left: Signal = { v: 1, type: 'participant.left', at: NOW - 9000, from: 'a' }
    expect(tileOf({ sources: stalled('ended'), signals: [left], nowMs: NOW + 5000 }, 'a')).toBeUndefined()
    expect(tileOf({ sources: [source('a')], signals: [left] }, 'a')).toMatchObject({ kind: 'source' })
  })
})

describe('a tile', () => {
  test('is a placeholder at once when the camera is switched off', () => {
    const off: Signal = { v: 1, type: 'media.muted', kind: 'video', at: NOW, from: 's1' }
    expect(tileOf({ signals: [off] }, 's1')).toMatchObject({ kind: 'placeholder', status: 'camera-off' })
  })

  test('takes its name from the room where the source has no label', () => {
    const joined: Signal = { v: 1, type: 'participant.joined', at: NOW, from: 'amy', name: 'Amy O.' }
    expect(tileOf({ sources: [source('amy')], signals: [joined] }, 'amy')).toMatchObject({ label: 'Amy O.' })
    expect(tileOf({ sources: [source('amy', { label: 'A' })], signals: [joined] }, 'amy')).toMatchObject({ label: 'A' })
  })

  test('marks who is muted, who speaks and who raises a hand', () => {
    const signals: Signal[] = [
      { v: 1, type: 'hand.raised', at: NOW, from: 's1' },
      { v: 1, type: 'media.muted', kind: 'audio', at: NOW, from: 's2' },
      { v: 1, type: 'active.speaker', participant: 's1', at: NOW },
    ]
    expect(tileOf({ signals }, 's1')?.marks).toEqual({ muted: false, hand: true, speaking: true })
    expect(tileOf({ signals }, 's2')?.marks).toEqual({ muted: true, hand: false, speaking: false })
  })

  test('has no label with `labels: false`', () => {
    expect(tileOf({ layout: { name: 'grid', labels: false } }, 's1')).toMatchObject({ label: null })
  })

  test('cuts cameras to fill it and shows screens whole', () => {
    const sources = [source('cam'), source('slides', { role: 'screen' })]
    expect(tileOf({ sources }, 'cam')).toMatchObject({ fit: 'cover' })
    expect(tileOf({ sources }, 'slides')).toMatchObject({ fit: 'contain' })
  })
})

describe('the main place', () => {
  const first = (layout: Layout, signals: readonly Signal[] = []) => plan({ layout, signals }).tiles[0]?.key

  test('shows the focus, else the presenter', () => {
    expect(first({ name: 'speaker' })).toBe('source/s0')
    expect(first({ name: 'speaker', focus: 's2' })).toBe('source/s2')
    expect(first({ name: 'speaker', focus: 'nobody' })).toBe('source/s0')
  })

  test('shows the presenter somebody else, and who speaks before others', () => {
    const speaking: Signal = { v: 1, type: 'active.speaker', participant: 's2', at: NOW }
    expect(first({ name: 'speaker', view: 'presenter' })).toBe('source/s1')
    expect(first({ name: 'speaker', view: 'presenter' }, [speaking])).toBe('source/s2')
  })

  test('shows the whiteboard in a class layout once something is on it', () => {
    expect(first({ name: 'lecture' }, BOARD_SIGNALS)).toBe('board')
    expect(first({ name: 'lecture' })).toBe('source/s0')
    expect(first({ name: 'board' })).toBe('board')
  })
})

describe('the layouts for classes', () => {
  test.each(CLASS_PLACES)('show everybody where a hand-written table has them: $title', ({ spots, ...given }) => {
    const { tiles, size } = plan(given)
    const shownAt = spots.map(([, { x, y }]) => {
      const [left, top] = [x * size.width, y * size.height]
      const tile = tiles.findLast(
        ({ rect }) => left >= rect.x && left < rect.x + rect.width && top >= rect.y && top < rect.y + rect.height,
      )
      return tile?.kind === 'board' ? 'board' : tile?.sourceId
    })
    expect(shownAt).toEqual(spots.map(([shown]) => shown))
    expect(tiles).toHaveLength(spots.length)
  })
})

describe('overlays', () => {
  const kinds = (given: Given) => plan(given).overlays.map(({ kind }) => kind)

  test('show the chat in a panel for the audience, and as bubbles where there is no panel', () => {
    expect(kinds({ layout: { name: 'speaker' }, signals: CHAT })).toEqual(['chat'])
    expect(kinds({ layout: { name: 'grid' }, signals: CHAT })).toEqual([])
    expect(kinds({ layout: { name: 'grid' }, signals: CHAT, nowMs: NOW - 54_000 })).toEqual(['bubbles'])
    expect(kinds({ layout: { name: 'single' }, signals: CHAT, nowMs: NOW - 54_000 })).toEqual([])
  })

  test('close the chat three minutes after its last message', () => {
    expect(kinds({ layout: { name: 'speaker' }, signals: CHAT, nowMs: NOW + 300_000 })).toEqual([])
  })

  test('take a caption away when its time is over or it is emptied', () => {
    expect(kinds({ signals: CAPTION })).toEqual(['caption'])
    expect(kinds({ signals: CAPTION, nowMs: NOW + 60_000 })).toEqual([])
    const empty: Signal = { v: 1, type: 'caption', at: NOW, from: 's0', text: '' }
    expect(kinds({ signals: [...CAPTION, empty] })).toEqual([])
  })
})

describe('fitFrame', () => {
  test('cuts a wide frame at its sides to cover a narrower tile', () => {
    const { from, to } = fitFrame({ width: 640, height: 360 }, { x: 0, y: 0, width: 400, height: 300 }, 'cover')
    expect(from).toEqual({ x: 80, y: 0, width: 480, height: 360 })
    expect(to).toEqual({ x: 0, y: 0, width: 400, height: 300 })
  })

  test('keeps a whole frame inside its tile, on even pixels', () => {
    const { from, to } = fitFrame({ width: 640, height: 480 }, { x: 10, y: 10, width: 320, height: 180 }, 'contain')
    expect(from).toEqual({ x: 0, y: 0, width: 640, height: 480 })
    expect(to).toEqual({ x: 50, y: 10, width: 240, height: 180 })
  })
})
