import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { formatAge, formatBytes, formatDuration } from '../../console/state/format.ts'
import { keepRenewed } from '../../console/state/keep-renewed.ts'
import { applyEvent, keepRecordings, newestFirst } from '../../console/state/library.ts'
import { planLayout } from '../../console/state/plan-layout.ts'
import { matchesFilter, titleOf } from '../../console/state/recording-words.ts'
import { listLink, parseRoute, recordingLink } from '../../console/state/route.ts'
import { RECORDING_STATES } from '../../src/protocol/index.ts'
import { aRecording, RECORDING_ID } from './recordings.ts'

const AT = '2026-11-21T09:00:00.000Z'

describe('the address bar', () => {
  it('leads back to the page whose link it was', () => {
    expect(parseRoute(recordingLink(RECORDING_ID))).toEqual({ page: 'recording', id: RECORDING_ID })
    expect(parseRoute(listLink('failed'))).toEqual({ page: 'recordings', filter: 'failed' })
    expect(parseRoute(listLink('all'))).toEqual({ page: 'recordings', filter: 'all' })
  })

  it('leads to the list when it holds nothing that is known', () => {
    for (const hash of ['', '#', '#/nowhere', '#/recordings/rec_short', '#/recordings?show=everything']) {
      expect(parseRoute(hash), hash).toEqual({ page: 'recordings', filter: 'all' })
    }
  })
})

describe('the library', () => {
  it('shows the newest recording first', () => {
    const older = aRecording({ id: 'rec_01JD0000000000000000000001' })
    const newer = aRecording({ id: 'rec_01JD0000000000000000000002' })
    expect(newestFirst(keepRecordings(new Map(), [older, newer])).map(({ id }) => id)).toEqual([newer.id, older.id])
  })

  it('follows a recording through its events', () => {
    const started = aRecording({ state: 'recording', endedAt: null })
    const first = applyEvent(new Map(), {
      id: 1,
      at: AT,
      recordingId: RECORDING_ID,
      type: 'recording.state',
      recording: started,
    })
    const [teacher] = started.sources
    if (teacher === undefined) throw new Error('The recording of the test has a source.')
    const stalled = { ...teacher, state: 'stalled' as const }
    const second = applyEvent(first, {
      id: 2,
      at: AT,
      recordingId: RECORDING_ID,
      type: 'source.state',
      source: stalled,
    })
    expect(second.get(RECORDING_ID)?.sources).toEqual([stalled])
    const third = applyEvent(second, {
      id: 3,
      at: AT,
      recordingId: RECORDING_ID,
      type: 'source.removed',
      sourceId: 'teacher',
    })
    expect(third.get(RECORDING_ID)?.sources).toEqual([])
    expect(first.get(RECORDING_ID)?.sources, 'an earlier view never changes').toEqual([teacher])
  })

  it('drops a recording that was deleted', () => {
    const library = keepRecordings(new Map(), [aRecording(), aRecording({ id: 'rec_01JD0000000000000000000009' })])
    const event = { id: 1, at: AT, recordingId: RECORDING_ID, type: 'recording.deleted' } as const
    expect([...applyEvent(library, event).keys()]).toEqual(['rec_01JD0000000000000000000009'])
    expect(library.size, 'an earlier view never changes').toBe(2)
  })

  it('ignores a source of a recording that it has never seen', () => {
    const event = { id: 1, at: AT, recordingId: RECORDING_ID, type: 'source.removed', sourceId: 'amy' } as const
    expect(applyEvent(new Map(), event).size).toBe(0)
  })

  it('puts every state under exactly one filter besides "all"', () => {
    for (const state of RECORDING_STATES) {
      const filters = (['running', 'completed', 'failed'] as const).filter((name) =>
        matchesFilter(aRecording({ state }), name),
      )
      expect(filters, state).toHaveLength(1)
    }
  })
})

describe('words and numbers', () => {
  it('writes durations up to the second day', () => {
    expect([0, 9.99, 65, 3725, 100_000, Number.NaN].map(formatDuration)).toEqual([
      '0:00',
      '0:09',
      '1:05',
      '1:02:05',
      '27:46:40',
      '0:00',
    ])
  })

  it('writes sizes in decimal units', () => {
    expect([0, 999, 1000, 9_400_000, 1.16e9, 3e12].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '9.4 MB',
      '1.2 GB',
      '3.0 TB',
    ])
  })

  it('writes ages in the largest unit that fits', () => {
    const now = Date.parse(AT)
    const before = (sec: number) => formatAge(new Date(now - sec * 1000).toISOString(), now)
    expect([0, 40, 200, 7300, 90_000].map(before)).toEqual([
      'just now',
      '40 seconds ago',
      '3 minutes ago',
      '2 hours ago',
      'yesterday',
    ])
  })

  it('calls a recording by its title, else its room, else the end of its id', () => {
    expect(titleOf(aRecording({ metadata: { title: '勾股定理' } }))).toBe('勾股定理')
    expect(titleOf(aRecording())).toBe('class-42')
    expect(titleOf(aRecording({ room: null }))).toBe('Recording 000007')
  })

  it('leaves out of a chosen layout what does not belong to it', () => {
    const custom = { name: 'custom', tiles: [{ board: true, x: 0, y: 0, width: 1, height: 1 }] } as const
    expect(planLayout({ ...custom, tiles: [...custom.tiles] }, { name: 'grid' })).toEqual({ name: 'grid' })
    expect(planLayout({ name: 'speaker', focus: 'amy', labels: true }, { focus: '' })).toEqual({
      name: 'speaker',
      labels: true,
    })
    expect(planLayout({ name: 'speaker', focus: 'amy' }, { view: 'presenter' })).toEqual({
      name: 'speaker',
      focus: 'amy',
      view: 'presenter',
    })
  })
})

describe('what has to be renewed', () => {
  const HOUR_MS = 3600 * 1000
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is renewed at once and well before twelve hours, and again soon after a failure', async () => {
    const renew = vi.fn(async () => {})
    await keepRenewed(renew)
    expect(renew).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(3 * HOUR_MS)
    expect(renew).toHaveBeenCalledTimes(1)
    renew.mockRejectedValueOnce(new TypeError('no network'))
    await vi.advanceTimersByTimeAsync(1.1 * HOUR_MS)
    expect(renew).toHaveBeenCalledTimes(3)
  })

  it('is renewed when the device wakes up, although timers stood still', async () => {
    const renew = vi.fn(async () => {})
    await keepRenewed(renew)
    vi.setSystemTime(Date.now() + 13 * HOUR_MS)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(renew).toHaveBeenCalledTimes(2)
  })

  it('does not keep the page waiting when it cannot be had', async () => {
    await expect(keepRenewed(() => Promise.reject(new TypeError('no network')))).resolves.toBeUndefined()
  })
})
