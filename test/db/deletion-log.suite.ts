import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import {
  createDeletionLog,
  createHighlightRepository,
  createRecapRepository,
  createRecordingRepository,
  createRetainedSegments,
} from '../../src/db/index.ts'
import type { HighlightRecord, TriggerOrigin } from '../../src/highlights/index.ts'
import { buildHighlight, buildRecap } from '../../src/highlights/record.ts'
import type { ClipSegment } from '../../src/protocol/index.ts'
import type { RecordingRecord } from '../../src/recording/index.ts'
import { toChange } from '../../src/recording/write.ts'
import { aRecord, NOW, SPEC } from '../recording/records.ts'
import { describeDatabases } from './databases.ts'

const API = { trigger: 'api' } as TriggerOrigin
const birth = () => ({ ulid: ulid(), traceId: 'f'.repeat(32), now: NOW })
const later = (sec: number) => new Date(NOW.getTime() + sec * 1000)
const segment = (number: number): ClipSegment => {
  return { uri: `takes/1/${number}.ts`, take: 1, startMs: number, durationSec: 2, discontinuity: false }
}

describeDatabases('the deletion log', (database) => {
  const log = () => createDeletionLog(database())
  const highlights = () => createHighlightRepository(database())
  const aRecording = async (given: Partial<RecordingRecord> = {}): Promise<RecordingRecord> => {
    const record = aRecord({ id: `rec_${ulid()}`, spec: { ...SPEC, room: `room-${ulid()}` }, ...given })
    await createRecordingRepository(database()).insert(toChange({ record, facts: [] }, NOW, null))
    return record
  }
  const aHighlight = async (recording: RecordingRecord, part: Partial<HighlightRecord>, origin = API) => {
    const record = { ...buildHighlight(recording, {}, origin, birth()), ...part }
    await highlights().insert({ record, events: [] })
    return record
  }
  const remove = async ({ id, recordingId }: HighlightRecord) => {
    const event = { type: 'highlight.deleted', at: NOW.toISOString(), recordingId, highlightId: id } as const
    await highlights().delete(id, () => event)
  }

  test('names the segments that highlights name, each once, but none of deleted ones and of others', async () => {
    const [recording, other] = [await aRecording(), await aRecording()]
    await aHighlight(recording, { state: 'ready', segments: [segment(1), segment(2)] })
    await aHighlight(recording, { state: 'cutting', segments: [segment(2), segment(3)] })
    await aHighlight(recording, { state: 'waiting', segments: [segment(9)] })
    await aHighlight(recording, { state: 'waiting' })
    await remove(await aHighlight(recording, { state: 'ready', segments: [segment(5)] }))
    await aHighlight(other, { state: 'ready', segments: [segment(6)] })
    const pinned = await createRetainedSegments(database()).of(recording.id)
    expect([...pinned].sort()).toEqual([1, 2, 3, 9].map((number) => segment(number).uri))
    expect(await createRetainedSegments(database()).of('rec_x')).toEqual([])
  })

  test('knows whose time is over, by its own rule or by the default', async () => {
    const ended = { state: 'completed' as const, endedAt: NOW.toISOString() }
    const own = await aRecording({ ...ended, spec: { ...SPEC, retention: { maxAgeSec: 60 } } })
    const long = await aRecording({ ...ended, spec: { ...SPEC, retention: { maxAgeSec: 9000 } } })
    const plain = await aRecording(ended)
    const running = await aRecording({ state: 'recording', spec: { ...SPEC, retention: { maxAgeSec: 1 } } })
    const all = [own, long, plain, running].map(({ id }) => id)
    const expired = async (sec: number, ageSec: number | null) =>
      (await log().expired(later(sec), ageSec)).filter((id) => all.includes(id)).sort()
    expect(await expired(60, null)).toEqual([])
    expect(await expired(61, null)).toEqual([own.id])
    expect(await expired(3601, 3600)).toEqual([own.id, plain.id].sort())
    expect(await expired(9001, null)).toEqual([own.id, long.id].sort())
  })

  test('leaves of a recording what stays: highlights, and recaps that are ready', async () => {
    const recording = await aRecording()
    const kept = await aHighlight(recording, { state: 'ready' })
    const origin: TriggerOrigin = { trigger: 'signal', key: 'sig-1', rule: null }
    const purged = await aHighlight(recording, { state: 'ready' }, origin)
    const unpurged = await aHighlight(recording, { state: 'ready' }, { ...origin, key: 'sig-2' })
    for (const record of [purged, unpurged]) await remove(record)
    await highlights().purge(purged.id)
    const recaps = createRecapRepository(database())
    for (const state of ['ready', 'rendering', 'failed'] as const) {
      await recaps.insert({ ...buildRecap(recording.id, { highlights: [kept.id] }, birth()), state })
    }
    await log().remove(recording.id)
    expect(
      await createRecordingRepository(database())
        .findAny(recording.id)
        .catch(({ code }) => code),
    ).toBe('recording.not-found')
    expect((await recaps.list(recording.id)).map(({ state }) => state)).toEqual(['ready'])
    expect(await highlights().find(kept.id)).toEqual(kept)
    const ofRecording = async () =>
      (await highlights().unpurged()).flatMap(({ id, recordingId }) => (recordingId === recording.id ? [id] : []))
    expect(await ofRecording()).toEqual([unpurged.id])
    await highlights().purge(unpurged.id)
    for (const record of [purged, unpurged]) {
      expect(await highlights().insert({ record, events: [] })).toMatchObject({ fresh: true })
    }
  })
})
