import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import {
  createEventLog,
  createHighlightRepository,
  createRecapRepository,
  createRecordingRepository,
  createShareRepository,
  createWebhookOutbox,
} from '../../src/db/index.ts'
import type { HighlightRecord, TriggerOrigin } from '../../src/highlights/index.ts'
import type { HighlightChange } from '../../src/highlights/ports.ts'
import { buildHighlight, buildRecap } from '../../src/highlights/record.ts'
import { toHighlight, toRecap } from '../../src/highlights/view.ts'
import type { EventType } from '../../src/protocol/index.ts'
import type { RecordingRecord } from '../../src/recording/index.ts'
import { toChange } from '../../src/recording/write.ts'
import { aRecord, NOW, SPEC } from '../recording/records.ts'
import { describeDatabases } from './databases.ts'

const PARALLEL = 20
const TRACE = 'f'.repeat(32)
const later = (sec: number) => new Date(NOW.getTime() + sec * 1000)
const birth = () => ({ ulid: ulid(), traceId: TRACE, now: NOW })
const API = { trigger: 'api' } as TriggerOrigin
const SEGMENT = { uri: 'takes/1/7.ts', take: 1, startMs: NOW.getTime(), durationSec: 2.000016, discontinuity: false }

/** Planned, with every column filled. */
function planned(record: HighlightRecord): HighlightRecord {
  return {
    ...record,
    state: 'cutting',
    clamped: { from: NOW.toISOString() },
    gaps: [{ from: NOW.toISOString(), to: later(1).toISOString() }],
    segments: [SEGMENT, { ...SEGMENT, endMs: NOW.getTime() + 0.5 }],
    playableAt: later(3).toISOString(),
  }
}

function told(record: HighlightRecord, type: 'highlight.created' | 'highlight.ready' = 'highlight.created') {
  const highlight = toHighlight(record, null)
  const change: HighlightChange = {
    record,
    events: [{ type, at: NOW.toISOString(), recordingId: record.recordingId, highlight }],
  }
  return change
}

describeDatabases('the highlight repository', (database) => {
  const repository = () => createHighlightRepository(database())
  const aRecording = async (): Promise<RecordingRecord> => {
    const record = aRecord({ id: `rec_${ulid()}`, spec: { ...SPEC, room: `room-${ulid()}` } })
    await createRecordingRepository(database()).insert(toChange({ record, facts: [] }, NOW, null))
    return record
  }
  const insert = async (recording: RecordingRecord, postSec = 10, origin = API): Promise<HighlightRecord> => {
    const trigger = { postSec, label: '掌聲 ✏️', by: 'Amy', metadata: { page: '7' } }
    const record = buildHighlight(recording, trigger, origin, birth())
    return (await repository().insert(told(record))).record
  }
  const typesOf = async (recordingId: string): Promise<readonly EventType[]> =>
    (await createEventLog(database()).after(0, { recordingId, limit: 100 })).map(({ type }) => type)

  test('gives a highlight back as it was stored, through all its changes', async () => {
    const record = await insert(await aRecording())
    expect(await repository().find(record.id)).toEqual(record)
    const after = planned(record)
    expect(await repository().update(record.id, () => told(after))).toEqual(after)
    expect(await repository().find(record.id)).toEqual(after)
    const ready = { ...after, state: 'ready' as const, durationSec: 12.04, bytes: 3e9, readyAt: later(5).toISOString() }
    await repository().update(record.id, () => told(ready, 'highlight.ready'))
    expect(await repository().find(record.id)).toEqual(ready)
    expect(await typesOf(record.recordingId)).toEqual(['highlight.created', 'highlight.created', 'highlight.ready'])
  })

  test('says that there is none', async () => {
    expect(await repository().find('hl_x')).toBeUndefined()
    expect(await repository().update('hl_x', () => undefined)).toBeUndefined()
    expect(await repository().delete('hl_x', () => expect.unreachable())).toBeUndefined()
  })

  test('refuses a character that cannot be stored', async () => {
    const record = buildHighlight(await aRecording(), { label: 'a\u0000b' }, API, birth())
    await expect(repository().insert(told(record))).rejects.toMatchObject({ code: 'request.invalid' })
    const found = repository().list({ limit: 1, label: 'a\u0000b' })
    await expect(found).rejects.toMatchObject({ code: 'request.invalid' })
  })

  test('keeps one highlight for each origin key of a recording, however many ask at once', async () => {
    const [one, two] = [await aRecording(), await aRecording()]
    const origin: TriggerOrigin = { trigger: 'rule', key: 'hand/amy/1', rule: 'hand' }
    const asked = Array.from({ length: PARALLEL }, () => buildHighlight(one, {}, origin, birth()))
    const answers = await Promise.all(asked.map((record) => repository().insert(told(record))))
    expect(answers.filter(({ fresh }) => fresh)).toHaveLength(1)
    expect(new Set(answers.map(({ record }) => record.id)).size).toBe(1)
    expect(await typesOf(one.id)).toEqual(['highlight.created'])
    expect((await repository().insert(told(buildHighlight(two, {}, origin, birth())))).fresh).toBe(true)
    const again = [await insert(one), await insert(one)]
    expect(new Set(again.map(({ id }) => id)).size).toBe(2)
  })

  test('keeps changes of one highlight from overlapping', async () => {
    const { id } = await insert(await aRecording())
    const grow = (record: HighlightRecord) =>
      told({ ...record, gaps: [...record.gaps, planned(record).gaps[0] as never] })
    await Promise.all(Array.from({ length: PARALLEL }, () => repository().update(id, grow)))
    expect((await repository().find(id))?.gaps).toHaveLength(PARALLEL)
  })

  test('tells webhooks of the end, and of nothing else', async () => {
    const record = await insert(await aRecording())
    const outbox = createWebhookOutbox(database())
    expect(await outbox.next(record.recordingId, 0)).toBeUndefined()
    const ready = { ...planned(record), state: 'ready' as const }
    await repository().update(record.id, () => told(ready, 'highlight.ready'))
    const due = await outbox.next(record.recordingId, 0)
    expect(due?.event).toMatchObject({ type: 'highlight.ready', highlight: { id: record.id, state: 'ready' } })
  })

  test('knows what is due, and when the next one is', async () => {
    const recording = await aRecording()
    const at = (sec: number) => later(sec).getTime()
    expect(await repository().nextDueMs(recording.id)).toBeUndefined()
    const [late, early] = [await insert(recording, 60), await insert(recording, 5)]
    expect(await repository().nextDueMs(recording.id)).toBe(at(5))
    const idsDue = async (untilMs: number) => (await repository().due(untilMs, recording.id)).map(({ id }) => id)
    expect(await idsDue(at(4.999))).toEqual([])
    expect(await idsDue(at(5))).toEqual([early.id])
    expect(await idsDue(Number.POSITIVE_INFINITY)).toEqual([early.id, late.id])
    expect((await repository().due(at(5))).map(({ id }) => id)).toContain(early.id)
    await repository().update(early.id, (record) => told(planned(record)))
    expect(await repository().nextDueMs(recording.id)).toBe(at(60))
    const cutting = async (sec: number) => (await repository().cuttingSince(later(sec))).map(({ id }) => id)
    expect(await cutting(3)).not.toContain(early.id)
    expect(await cutting(3.001)).toContain(early.id)
  })

  test('calls back when a highlight begins to wait', async () => {
    const recording = await aRecording()
    const heard: (string | undefined)[] = []
    using _watch = repository().watch((recordingId) => heard.push(recordingId))
    await insert(recording)
    await expect.poll(() => heard).toContain(recording.id)
  })

  test('hides a deleted one at once, and keeps of it only that its trigger was heard', async () => {
    const recording = await aRecording()
    const origin: TriggerOrigin = { trigger: 'signal', key: 'sig-1', rule: null }
    const [called, heard] = [await insert(recording), await insert(recording, 10, origin)]
    const shares = createShareRepository(database())
    await shares.insert({ ...share(called.id), id: `shr_${ulid()}` })
    for (const { id } of [called, heard]) {
      const event = {
        type: 'highlight.deleted',
        at: NOW.toISOString(),
        recordingId: recording.id,
        highlightId: id,
      } as const
      expect((await repository().delete(id, () => event))?.id).toBe(id)
      expect(await repository().find(id)).toBeUndefined()
    }
    expect(await shares.list(called.id)).toEqual([])
    expect(await repository().due(Number.POSITIVE_INFINITY, recording.id)).toEqual([])
    const unpurged = async () => (await repository().unpurged()).map(({ id }) => id)
    expect(await unpurged()).toEqual(expect.arrayContaining([called.id, heard.id]))
    for (const { id } of [called, heard]) await repository().purge(id)
    expect(await unpurged()).not.toContain(called.id)
    expect(await unpurged()).not.toContain(heard.id)
    const again = await repository().insert(told(buildHighlight(recording, {}, origin, birth())))
    expect(again).toMatchObject({ fresh: false, record: { id: heard.id, label: null, by: null, metadata: {} } })
  })

  test('does not purge what is not deleted', async () => {
    const record = await insert(await aRecording())
    await repository().purge(record.id)
    expect(await repository().find(record.id)).toEqual(record)
  })

  const share = (highlightId: string) => ({
    highlightId,
    createdAt: NOW.toISOString(),
    expiresAt: later(60).toISOString(),
    revokedAt: null,
  })

  test('keeps shares, newest first, and the first time that one was revoked', async () => {
    const { id } = await insert(await aRecording())
    const shares = createShareRepository(database())
    const [a, b] = ['0', '1'].map((last) => ({ ...share(id), id: `shr_01K0000000000000000000000${last}` }))
    if (a === undefined || b === undefined) return expect.unreachable()
    await shares.insert(a)
    await shares.insert(b)
    expect(await shares.list(id)).toEqual([b, a])
    expect((await shares.revoke(a.id, later(1)))?.revokedAt).toBe(later(1).toISOString())
    expect((await shares.revoke(a.id, later(9)))?.revokedAt).toBe(later(1).toISOString())
    expect(await shares.find(b.id)).toEqual(b)
    expect(await shares.revoke('shr_x', NOW)).toBeUndefined()
  })

  test('keeps recaps with their events', async () => {
    const recording = await aRecording()
    const recaps = createRecapRepository(database())
    const record = buildRecap(
      recording.id,
      { highlights: ['hl_b', 'hl_a'], titles: false, crossfadeSec: 0.25 },
      birth(),
    )
    await recaps.insert(record)
    expect(await recaps.find(record.id)).toEqual(record)
    expect((await recaps.renderingSince(later(1))).map(({ id }) => id)).toContain(record.id)
    const ready = { ...record, state: 'ready' as const, durationSec: 9.5, bytes: 99, readyAt: later(1).toISOString() }
    const event = {
      type: 'recap.ready',
      at: NOW.toISOString(),
      recordingId: recording.id,
      recap: toRecap(ready, null),
    } as const
    expect(await recaps.update(record.id, () => ({ record: ready, event }))).toEqual(ready)
    expect(await recaps.list(recording.id)).toEqual([ready])
    expect(await typesOf(recording.id)).toEqual(['recap.ready'])
    expect((await createWebhookOutbox(database()).next(recording.id, 0))?.event).toMatchObject(event)
    expect((await recaps.renderingSince(later(1))).map(({ id }) => id)).not.toContain(record.id)
  })
})
