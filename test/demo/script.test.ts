import { describe, expect, it } from 'vitest'
import { CAST } from '../../examples/demo/cast.ts'
import { writeText } from '../../examples/demo/handwriting.ts'
import { parseDemoOptions } from '../../examples/demo/options.ts'
import { PARTICIPANTS, planClass } from '../../examples/demo/script.ts'
import { planWriting } from '../../examples/demo/whiteboard.ts'
import { checkSignal } from '../../src/hub/signal-check.ts'
import { BOARD_HEIGHT, BOARD_WIDTH } from '../../src/protocol/index.ts'

const STREAMS_AGE_SEC = 4
const NOW_MS = Date.parse('2026-11-21T09:00:00.000Z')

describe('the script of the demo class', () => {
  it('holds nothing but signals that the hub accepts', () => {
    const cues = planClass(60, STREAMS_AGE_SEC)
    expect(cues.length).toBeGreaterThan(200)
    for (const { by, signal } of cues) {
      expect(() => checkSignal({ v: 1, at: NOW_MS, from: by, ...signal }, NOW_MS), JSON.stringify(signal)).not.toThrow()
    }
  })

  it('fits into the recording, in order, whatever its length', () => {
    for (const seconds of [5, 20, 60, 61, 300]) {
      const times = planClass(seconds, STREAMS_AGE_SEC).map(({ atSec }) => atSec)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      expect(times.at(-1)).toBeLessThan(seconds)
      expect(times.at(0)).toBeGreaterThanOrEqual(0)
    }
  })

  it('shows what a class does: five layouts, both views, chat, hands, mutes, captions, the whiteboard', () => {
    const signals = planClass(60, STREAMS_AGE_SEC).map(({ signal }) => signal)
    const layouts = signals.flatMap((signal) => (signal.type === 'layout.set' ? [signal.layout] : []))
    expect(new Set(layouts.map(({ name }) => name)).size).toBeGreaterThanOrEqual(5)
    expect(new Set(layouts.map(({ view }) => view))).toContain('presenter')
    expect(new Set(layouts.map(({ view }) => view))).toContain('audience')
    const types = new Set(signals.map(({ type }) => type))
    for (const type of [
      'chat.message',
      'hand.raised',
      'media.muted',
      'caption',
      'board.op',
      'board.page',
      'participant.left',
      'highlight',
    ]) {
      expect(types, type).toContain(type)
    }
  })

  it('lets only its own people speak, and gives every pupil with a stream a place in the room', () => {
    const people = new Set<string>(PARTICIPANTS.map(({ id }) => id))
    for (const { by } of planClass(60, STREAMS_AGE_SEC)) expect(people).toContain(by)
    for (const { id } of CAST) expect(people).toContain(id)
  })

  it('writes a stroke as growing versions, with pressure, on the board', () => {
    const steps = planWriting(24_000)
    expect(Math.max(...steps.map(({ afterMs }) => afterMs))).toBeLessThanOrEqual(24_001)
    const strokes = Map.groupBy(
      steps.flatMap(({ element }) => (element.kind === 'stroke' ? [element] : [])),
      ({ id }) => id,
    )
    expect(strokes.size).toBeGreaterThan(15)
    for (const versions of strokes.values()) {
      expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1))
      const lengths = versions.map(({ points }) => points.length)
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
      for (const [x = -1, y = -1, pressure = -1] of versions.at(-1)?.points ?? []) {
        expect(x >= 0 && x <= BOARD_WIDTH && y >= 0 && y <= BOARD_HEIGHT && pressure >= 0.1 && pressure <= 1).toBe(true)
      }
    }
  })

  it('refuses to write a letter that it has not learnt', () => {
    expect(() => writeText('a²+z', { x: 0, y: 0, size: 10 })).toThrow('no letter "z"')
  })
})

describe('the command line of the demo', () => {
  it('records a minute on a free port unless told otherwise', () => {
    expect(parseDemoOptions([])).toEqual({ seconds: 60, port: 0, keep: false, help: false })
    expect(parseDemoOptions(['--seconds', '20', '--port=8080', '--keep'])).toEqual({
      seconds: 20,
      port: 8080,
      keep: true,
      help: false,
    })
  })

  it('names what it does not understand', () => {
    expect(() => parseDemoOptions(['--seconds', '2'])).toThrow(
      '`--seconds` must be a whole number from 5 to 86400; received "2"',
    )
    expect(() => parseDemoOptions(['--seconds=1e2'])).toThrow('received "1e2"')
    expect(() => parseDemoOptions(['--minutes', '2'])).toThrow('--minutes')
  })
})
