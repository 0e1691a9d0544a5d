import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { copyText, hasClipboard } from '../../console/parts/copy-text.ts'
import { perform } from '../../console/player/actions.ts'
import { takeFloor } from '../../console/player/floor.ts'
import { placeMarks, spanOf } from '../../console/player/marks.ts'
import { positionOf, wallTimeAt } from '../../console/player/wall-clock.ts'
import {
  applyGalleryEvent,
  EMPTY_GALLERY,
  keepHighlights,
  keepRecaps,
  matchesGallery,
} from '../../console/state/gallery.ts'
import { triggerHighlight } from '../../console/state/highlight-calls.ts'
import { cleanOptions, rememberLabel } from '../../console/state/highlight-options.ts'
import { notesOf, progressWords, triggeredBy, waitOf } from '../../console/state/highlight-words.ts'
import { galleryLink, highlightLink, parseRoute, recapLink } from '../../console/state/route.ts'
import type { Session } from '../../console/state/session.ts'
import { areShortcutsOn, isCharacterKey, switchShortcuts } from '../../console/state/shortcuts.ts'
import { createClient } from '../../src/client/index.ts'
import { AppError, type ErrorCode, type Recap } from '../../src/protocol/index.ts'
import { aHighlight, HIGHLIGHT_ID } from './highlights.ts'
import { RECORDING_ID } from './recordings.ts'

const AT = '2026-11-21T09:00:04.000Z'
const AT_MS = Date.parse(AT)
const RECAP_ID = 'rcp_01JD0000000000000000000007'

describe('the address bar of highlights', () => {
  it('leads back to the clip, the film and the filtered gallery whose link it was', () => {
    expect(parseRoute(highlightLink(HIGHLIGHT_ID))).toEqual({ page: 'highlight', id: HIGHLIGHT_ID })
    expect(parseRoute(recapLink(RECAP_ID))).toEqual({ page: 'recap', id: RECAP_ID })
    const filter = { text: 'a & b?', recording: RECORDING_ID, room: '7/b', by: 'Ms Li', since: '2026-11-21' }
    const whole = { ...filter, until: '2026-11-22', favourite: true }
    expect(parseRoute(galleryLink(whole))).toEqual({ page: 'highlights', filter: whole })
    expect(galleryLink({ text: '', favourite: false })).toBe('#/highlights')
  })

  it('leaves out of a filter what is no day and no recording', () => {
    const link = '#/highlights?since=yesterday&recording=rec_short&favourite=perhaps&room=a'
    expect(parseRoute(link)).toEqual({ page: 'highlights', filter: { room: 'a' } })
    expect(parseRoute('#/highlights/rec_01JD0000000000000000000007')).toEqual({ page: 'recordings', filter: 'all' })
  })
})

describe('the gallery', () => {
  const event = { id: 1, at: AT, recordingId: RECORDING_ID } as const

  it('follows a highlight from its trigger to its end', () => {
    const waiting = aHighlight({ state: 'waiting', playableAt: null, readyAt: null })
    const created = applyGalleryEvent(EMPTY_GALLERY, { ...event, type: 'highlight.created', highlight: waiting })
    const ready = applyGalleryEvent(created, { ...event, type: 'highlight.ready', highlight: aHighlight() })
    expect(ready.highlights.get(HIGHLIGHT_ID)?.state).toBe('ready')
    expect(created.highlights.get(HIGHLIGHT_ID)?.state, 'an earlier view never changes').toBe('waiting')
    const gone = applyGalleryEvent(ready, { ...event, type: 'highlight.deleted', highlightId: HIGHLIGHT_ID })
    expect(gone.highlights.size).toBe(0)
  })

  it('does not go back to an answer that was on its way when the event came', () => {
    const ready = keepHighlights(EMPTY_GALLERY, [aHighlight()])
    const late = keepHighlights(ready, [aHighlight({ state: 'waiting', playableAt: null, readyAt: null })])
    expect(late.highlights.get(HIGHLIGHT_ID)?.state).toBe('ready')
  })

  it('keeps the highlights and recaps of a recording that was deleted', () => {
    const recap = { id: RECAP_ID, recordingId: RECORDING_ID } as Recap
    const gallery = keepRecaps(keepHighlights(EMPTY_GALLERY, [aHighlight()]), [recap])
    expect(applyGalleryEvent(gallery, { ...event, type: 'recording.deleted' })).toEqual(gallery)
  })

  it('shows what fits every part of the filter', () => {
    const highlight = aHighlight()
    expect(matchesGallery(highlight, {}, undefined)).toBe(true)
    expect(matchesGallery(highlight, { text: 'QUEST', by: 'Ms Li', room: 'class-42' }, 'class-42')).toBe(true)
    const others = [
      { text: 'answer' },
      { by: 'Amy' },
      { room: 'class-43' },
      { favourite: true },
      { since: '2026-12-01' },
    ]
    for (const filter of [...others, { until: '2026-11-01' }, { recording: 'rec_01JD0000000000000000000009' }]) {
      expect(matchesGallery(highlight, filter, 'class-42'), JSON.stringify(filter)).toBe(false)
    }
    const [day] = new Date(AT_MS - new Date(AT_MS).getTimezoneOffset() * 60_000).toISOString().split('T')
    if (day === undefined) throw new Error('an instant has a day')
    expect(matchesGallery(highlight, { since: day, until: day }, null), 'both days are included').toBe(true)
  })
})

describe('the words of a highlight', () => {
  it('counts the post-roll down, and then says what is done', () => {
    const waiting = aHighlight({ state: 'waiting', createdAt: AT, to: new Date(AT_MS + 10_000).toISOString() })
    expect(progressWords(waiting, AT_MS + 2100)).toBe('Waiting 8 s …')
    expect(waitOf(waiting, AT_MS + 5000).done).toBeCloseTo(0.5)
    expect(progressWords(waiting, AT_MS + 11_000)).toBe('Storing the last second …')
    expect(progressWords(aHighlight({ state: 'cutting' }), AT_MS)).toBe('Cutting …')
  })

  it('says in plain words what is missing', () => {
    const gap = { from: '2026-11-21T09:00:02.000Z', to: '2026-11-21T09:00:14.000Z' }
    expect(notesOf(aHighlight())).toEqual([])
    expect(notesOf(aHighlight({ gaps: [gap] }))).toEqual(['12 s are missing: the recording was interrupted.'])
    expect(notesOf(aHighlight({ gaps: [gap, gap] }))[0]).toBe(
      '24 s are missing: the recording was interrupted 2 times.',
    )
    const clamped = { from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T09:00:05.900Z' }
    expect(notesOf(aHighlight({ clamped }))).toEqual([
      'The clip starts 2 s later than asked, with the recording.',
      'The clip ends 0.9 s earlier than asked, with the recording.',
    ])
  })

  it('names who or what triggered it', () => {
    expect(triggeredBy(aHighlight())).toBe('Ms Li')
    expect(triggeredBy(aHighlight({ by: null, trigger: 'rule', rule: 'hand' }))).toBe('A raised hand')
    expect(triggeredBy(aHighlight({ by: null }))).toBe('Somebody')
  })
})

describe('what is remembered for the next highlights', () => {
  it('is only what the API takes', () => {
    const raw = { preSec: 900, postSec: Number.NaN, label: '  ', by: ' Ms Li ', labels: ['a', 7, 'b'], other: 1 }
    expect(cleanOptions(raw)).toEqual({ preSec: 600, by: 'Ms Li', labels: ['a', 'b'] })
    expect(cleanOptions(null)).toEqual({ labels: [] })
  })

  it('has the last labels first, each once, and not more than five', () => {
    const given = ['a', 'b', 'c', 'a', 'd', 'e', 'f']
    const options = given.reduce((known, label) => rememberLabel(known, label), cleanOptions({}))
    expect(options.labels).toEqual(['f', 'e', 'd', 'a', 'c'])
  })
})

describe('the wall clock of the player', () => {
  /** Two pieces with a break of ten seconds between them. */
  const pieces = [
    { startSec: 0, durationSec: 2, wallMs: 100_000 },
    { startSec: 2, durationSec: 2, wallMs: 112_000 },
  ]

  it('gives the time of what is shown, also after a break', () => {
    expect([0, 1.5, 2, 3, 9].map((sec) => wallTimeAt(pieces, sec))).toEqual([
      100_000, 101_500, 112_000, 113_000, 114_000,
    ])
    expect(wallTimeAt([], 1)).toBeUndefined()
  })

  it('finds a time again, and the next picture for a time that was not recorded', () => {
    expect([99_000, 101_500, 105_000, 113_000, 200_000].map((ms) => positionOf(pieces, ms))).toEqual([0, 1.5, 2, 3, 4])
    expect(positionOf([], 1)).toBeUndefined()
  })

  it('places marks by their time and within the line', () => {
    const mark = (id: string, atMs: number) => ({ id, label: id, atMs, fromMs: atMs - 1000, toMs: atMs + 5000 })
    const marks = placeMarks([mark('b', 113_000), mark('a', 101_000)], (wallMs) => positionOf(pieces, wallMs))
    expect(marks.map(({ id, atSec }) => [id, atSec])).toEqual([
      ['a', 1],
      ['b', 3],
    ])
    const [, last] = marks
    if (last === undefined) throw new Error('two marks were placed')
    expect(spanOf(last, { startSec: 0, endSec: 4 })).toEqual({ left: 50, width: 50, at: 75 })
    expect(placeMarks([mark('a', 1)], () => undefined)).toEqual([])
  })
})

describe('players that lie over each other', () => {
  it('sound one at a time, and the one below goes on when the one above is gone', () => {
    const heard: string[] = []
    const voice = (name: string) => ({
      pause: () => void heard.push(`${name} pauses`),
      resume: () => void heard.push(`${name} goes on`),
    })
    const below = takeFloor(voice('class'))
    const above = takeFloor(voice('clip'))
    above[Symbol.dispose]()
    const next = takeFloor(voice('film'))
    below[Symbol.dispose]()
    next[Symbol.dispose]()
    expect(heard).toEqual(['class pauses', 'class goes on', 'class pauses'])
  })
})

describe('the keys', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('that type a character are those that can be switched off', () => {
    const typing = ['h', 'P', '.', ',', '1', 'é', '😀'].filter((key) => isCharacterKey({ key }))
    expect(typing).toEqual(['h', 'P', '.', ',', '1', 'é', '😀'])
    expect([' ', 'ArrowLeft', 'Escape', 'Home', 'F1'].filter((key) => isCharacterKey({ key }))).toEqual([])
  })

  it('stay switched off until they are switched on', () => {
    const stored = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (name: string) => stored.get(name) ?? null,
      setItem: (name: string, value: string) => void stored.set(name, value),
      removeItem: (name: string) => void stored.delete(name),
    })
    expect(areShortcutsOn()).toBe(true)
    switchShortcuts(false)
    expect(areShortcutsOn()).toBe(false)
    switchShortcuts(true)
    expect(areShortcutsOn()).toBe(true)
  })

  it('fill the screen with the video itself where nothing else can, as on an iPhone', () => {
    const webkitEnterFullscreen = vi.fn()
    const video = { webkitEnterFullscreen } as unknown as HTMLVideoElement
    perform('fullscreen', { video, frame: {} as HTMLElement, playback: undefined, marks: [] })
    expect(webkitEnterFullscreen).toHaveBeenCalledOnce()
  })
})

describe('a text to copy', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('is copied where there is a clipboard that allows it', async () => {
    const copied: string[] = []
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } })
    expect([hasClipboard(), await copyText('a link')]).toEqual([true, true])
    expect(copied).toEqual(['a link'])
  })

  it('is said not to be copied where the browser refuses, and where the page came without TLS', async () => {
    vi.stubGlobal('navigator', {
      clipboard: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) },
    })
    expect([hasClipboard(), await copyText('a link')]).toEqual([true, false])
    vi.stubGlobal('navigator', {})
    expect([hasClipboard(), await copyText('a link')]).toEqual([false, false])
  })
})

describe('a press of the button', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  /** A page's session whose calls fail with these one after the other, and then answer. */
  function sessionFailingWith(...failures: readonly Error[]) {
    const left = [...failures]
    const keys: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'))
      const failure = left.shift()
      if (failure) throw failure
      return Response.json(aHighlight())
    }
    const client = createClient({ baseUrl: 'http://panorec.test', fetch })
    const session: Pick<Session, 'call' | 'changeGallery'> = { call: (call) => call(client), changeGallery: () => {} }
    return { session: session as Session, keys }
  }
  const refusal = (code: ErrorCode) => new AppError(code, 'as the service says')

  it('is repeated under one key until the service has answered, also while its database is away', async () => {
    const passing = (['database.unavailable', 'service.unreachable', 'idempotency.in-progress'] as const).map(refusal)
    const { session, keys } = sessionFailingWith(new TypeError('no network'), ...passing)
    const pressed = triggerHighlight(session, RECORDING_ID, {})
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await pressed).id).toBe(HIGHLIGHT_ID)
    expect(keys).toHaveLength(5)
    expect(new Set(keys).size).toBe(1)
  })

  it('has a key of its own also where the page came without TLS', async () => {
    const { crypto } = globalThis
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes) })
    const { session, keys } = sessionFailingWith()
    await triggerHighlight(session, RECORDING_ID, {})
    await triggerHighlight(session, RECORDING_ID, {})
    expect(keys).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
    expect(new Set(keys).size).toBe(2)
  })

  it('is given up when the service refuses it', async () => {
    const { session, keys } = sessionFailingWith(refusal('highlight.too-far-ahead'))
    await expect(triggerHighlight(session, RECORDING_ID, {})).rejects.toMatchObject({ code: 'highlight.too-far-ahead' })
    expect(keys).toHaveLength(1)
  })
})
