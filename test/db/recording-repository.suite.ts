import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createEventLog, createRecordingRepository, createWebhookOutbox } from '../../src/db/index.ts'
import type { RecordingSpec } from '../../src/protocol/index.ts'
import { move, type RecordingRecord } from '../../src/recording/index.ts'
import type { Change } from '../../src/recording/ports.ts'
import { toChange } from '../../src/recording/write.ts'
import { aRecord, LATER, NOW, SPEC } from '../recording/records.ts'
import { describeDatabases } from './databases.ts'

const PARALLEL = 20

function fresh(spec: Partial<RecordingSpec> = {}): RecordingRecord {
  return aRecord({ id: `rec_${ulid()}`, spec: { ...SPEC, ...spec } })
}

function state(record: RecordingRecord): Change {
  return toChange({ record, facts: [{ type: 'recording.state' }] }, NOW, null)
}

describeDatabases('the recording repository', (database) => {
  const repository = () => createRecordingRepository(database())
  const insert = async (record: RecordingRecord) => {
    await repository().insert(state(record))
    return record
  }

  test('gives a recording back as it was stored, with its secrets', async () => {
    const record = await insert(fresh({ metadata: { course: 'math-1', 地: '數學 ✏️' } as Record<string, string> }))
    expect(await repository().find(record.id)).toEqual(record)
  })

  test('says that there is no such recording', async () => {
    const id = `rec_${ulid()}`
    await expect(repository().find(id)).rejects.toMatchObject({ code: 'recording.not-found', received: id })
    await expect(repository().update(id, () => undefined)).rejects.toMatchObject({ code: 'recording.not-found' })
  })

  test('writes nothing when the change is none', async () => {
    const record = await insert(fresh())
    const before = await createEventLog(database()).lastId()
    expect(await repository().update(record.id, () => undefined)).toEqual(record)
    expect(await createEventLog(database()).lastId()).toBe(before)
  })

  test('writes nothing when the change throws', async () => {
    const record = await insert(fresh())
    const failing = repository().update(record.id, (current) => {
      move(current, 'paused', LATER)
      return undefined
    })
    await expect(failing).rejects.toMatchObject({ code: 'recording.wrong-state' })
    expect(await repository().find(record.id)).toEqual(record)
  })

  test('keeps changes of one recording from overlapping', async () => {
    const record = await insert(fresh())
    const grow = (current: RecordingRecord) =>
      state({ ...current, sources: [...current.sources, ...current.sources.slice(0, 1)] })
    await Promise.all(Array.from({ length: PARALLEL }, () => repository().update(record.id, grow)))
    expect((await repository().find(record.id)).sources).toHaveLength(2 + PARALLEL)
  })

  test('lists the newest first, page by page', async () => {
    const room = `room-${ulid()}`
    const records = []
    for (let count = 0; count < 5; count += 1) records.push(await insert(fresh({ room })))
    const ids = records
      .map(({ id }) => id)
      .sort()
      .reverse()
    const first = await repository().list({ limit: 2, room })
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const rest = await repository().list({ limit: 10, room, beforeId: ids[1] ?? '' })
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2))
  })

  test('filters by state, room and every pair of metadata', async () => {
    const room = `room-${ulid()}`
    const [a, b] = [fresh({ room, metadata: { course: 'x', year: '1' } }), fresh({ room, metadata: { course: 'x' } })]
    for (const record of [a, b]) await insert(record)
    await repository().update(a.id, (current) => state(move(current, 'failed', LATER).record))
    const idsOf = async (query: object) => (await repository().list({ limit: 10, room, ...query })).map(({ id }) => id)
    expect(await idsOf({ states: ['failed'] })).toEqual([a.id])
    expect(await idsOf({ states: ['requested', 'recording'] })).toEqual([b.id])
    expect(await idsOf({ metadata: { course: 'x' } })).toHaveLength(2)
    expect(await idsOf({ metadata: { course: 'x', year: '1' } })).toEqual([a.id])
    expect(await idsOf({ metadata: { course: `x'; drop table recordings; --` } })).toEqual([])
  })

  test('counts recordings by state', async () => {
    const before = (await repository().countByState()).requested ?? 0
    await insert(fresh())
    expect((await repository().countByState()).requested).toBe(before + 1)
  })

  test('makes events of state and warnings due for each webhook, and no others', async () => {
    const hook = { url: 'https://hooks.test/', secret: 'sixteen-characters' }
    const record = await insert(fresh({ webhooks: [hook, hook] }))
    const warning = { code: 'picture.black', message: 'for 5 s' }
    await repository().update(record.id, (current) =>
      toChange(
        { record: current, facts: [{ type: 'recording.layout' }, { type: 'recording.warning', take: 1, warning }] },
        LATER,
        null,
      ),
    )
    const outbox = createWebhookOutbox(database())
    for (const webhook of [0, 1]) {
      for (const told of [{ type: 'recording.state' }, { type: 'recording.warning', take: 1, warning }]) {
        const due = await outbox.next(record.id, webhook)
        expect(due).toMatchObject({ attempts: 0, target: hook, event: { ...told, recordingId: record.id } })
        expect(due?.event.id).toBeGreaterThan(0)
        await outbox.delivered(due?.id ?? 0, 1, NOW)
      }
      expect(await outbox.next(record.id, webhook)).toBeUndefined()
    }
  })

  test('refuses a text that cannot be stored as the caller’s mistake', async () => {
    const record = fresh({ metadata: { course: 'a\u0000b' } })
    await expect(repository().insert(state(record))).rejects.toMatchObject({ code: 'request.invalid' })
  })
})
