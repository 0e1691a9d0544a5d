import { ulid } from 'ulid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RecordingSpec, SourceSpec } from '../../src/protocol/index.ts'
import type { Recordings } from '../../src/recording/recordings.ts'

export interface OpenedRecordings extends AsyncDisposable {
  readonly recordings: Recordings
  readonly deletions: { delete(id: string, highlights: 'keep' | 'delete'): Promise<void> }
}

const TEACHER: SourceSpec = { id: 'teacher', type: 'hls', url: 'https://live.test/teacher.m3u8' }
const AMY: SourceSpec = { id: 'amy', type: 'whep', url: 'https://live.test/whep/amy', token: 'secret' }
const SPEC: RecordingSpec = { room: 'class-42', sources: [TEACHER], metadata: { course: 'math-1' } }
const NOBODY = 'rec_01K00000000000000000000000'

/** The conformance suite of the use cases of recordings that no recorder has yet: over the real ones, and over the fake. */
export function testRecordings(open: () => Promise<OpenedRecordings>): void {
  let opened: OpenedRecordings
  beforeAll(async () => {
    opened = await open()
  })
  afterAll(() => opened[Symbol.asyncDispose]())
  const start = async (spec: RecordingSpec = SPEC) => await opened.recordings.start(spec)

  test('start one that waits, and find it again', async () => {
    const started = await start()
    expect(started).toMatchObject({
      state: 'requested',
      room: 'class-42',
      metadata: { course: 'math-1' },
      endedAt: null,
      takes: [],
    })
    expect(started.sources).toMatchObject([{ id: 'teacher', state: 'connecting', muted: false }])
    const { createdAt, layout, links } = await opened.recordings.get(started.id)
    expect([createdAt, layout, links]).toEqual([started.createdAt, started.layout, started.links])
  })

  test('start one for a call, however often it is repeated', async () => {
    const once = { key: 'api-1', ulid: ulid() }
    const spec = { ...SPEC, room: `once-${once.ulid}` }
    const first = await opened.recordings.start(spec, once)
    await opened.recordings.setLayout(first.id, { name: 'grid' })
    expect((await opened.recordings.start(spec, once)).id).toBe(first.id)
    const both = await Promise.all([1, 2].map(() => opened.recordings.start(spec, { ...once, ulid: `${ulid()}` })))
    expect(new Set([first, ...both].map(({ id }) => id)).size).toBe(3)
    expect((await opened.recordings.list({ limit: 9, room: spec.room })).items).toHaveLength(3)
  })

  test('add one source for a call, however often it is repeated', async () => {
    const { id } = await start()
    const once = { key: `api-${ulid()}`, ulid: ulid() }
    const added = await opened.recordings.addSource(id, AMY, once)
    expect(await opened.recordings.addSource(id, AMY, once)).toEqual(added)
    const other = { ...AMY, url: 'https://live.test/whep/other' }
    await expect(opened.recordings.addSource(id, other, once)).rejects.toMatchObject({ code: 'source.duplicate' })
    expect((await opened.recordings.get(id)).sources).toHaveLength(2)
  })

  test('know no other id', async () => {
    const { recordings, deletions } = opened
    const unknown = { code: 'recording.not-found' }
    for (const call of [
      () => recordings.get(NOBODY),
      () => recordings.stop(NOBODY),
      () => recordings.pause(NOBODY),
      () => recordings.resume(NOBODY),
      () => recordings.setLayout(NOBODY, { name: 'grid' }),
      () => recordings.addSource(NOBODY, AMY),
      () => recordings.updateSource(NOBODY, 'amy', { muted: true }),
      () => recordings.removeSource(NOBODY, 'amy'),
      () => recordings.sendSignals(NOBODY, []),
      () => deletions.delete(NOBODY, 'keep'),
    ])
      await expect(call()).rejects.toMatchObject(unknown)
  })

  test('list the newest first, page by page and by every filter', async () => {
    const spec = { ...SPEC, room: `room-${performance.now()}` }
    const ids: string[] = []
    for (let count = 0; count < 3; count += 1) ids.unshift((await start(spec)).id)
    const first = await opened.recordings.list({ limit: 2, room: spec.room })
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const rest = await opened.recordings.list({ limit: 2, room: spec.room, cursor: first.nextCursor ?? '' })
    expect([rest.items.map(({ id }) => id), rest.nextCursor]).toEqual([ids.slice(2), null])
    await opened.recordings.stop(ids[0] ?? '')
    const listed = async (filter: object) =>
      (await opened.recordings.list({ limit: 9, room: spec.room, ...filter })).items.length
    expect(await listed({ states: ['requested'] })).toBe(2)
    expect([await listed({ metadata: { course: 'math-1' } }), await listed({ metadata: { course: 'x' } })]).toEqual([
      3, 0,
    ])
    await expect(opened.recordings.list({ limit: 1, cursor: 'abc' })).rejects.toMatchObject({
      code: 'request.cursor-invalid',
    })
  })

  test('stop one that no recorder has, for good; stopping twice is no error', async () => {
    const { id } = await start()
    const stopped = await opened.recordings.stop(id)
    expect([stopped.state, stopped.endedAt]).toEqual(['completed', expect.any(String)])
    expect((await opened.recordings.stop(id)).state).toBe('completed')
    for (const call of [
      () => opened.recordings.pause(id),
      () => opened.recordings.resume(id),
      () => opened.recordings.setLayout(id, { name: 'grid' }),
      () => opened.recordings.addSource(id, AMY),
      () => opened.recordings.sendSignals(id, []),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'recording.wrong-state' })
  })

  test('remember a pause before it runs, and a resume; both may be repeated', async () => {
    const { id } = await start()
    for (const isPaused of [true, true, false, false]) {
      const { state, pausedAt } = await (isPaused ? opened.recordings.pause(id) : opened.recordings.resume(id))
      expect([state, typeof pausedAt]).toEqual(['requested', isPaused ? 'string' : 'object'])
    }
  })

  test('switch the layout and change the sources before it runs', async () => {
    const { id } = await start()
    const layout = { name: 'speaker', focus: 'teacher' } as const
    expect((await opened.recordings.setLayout(id, layout)).layout).toEqual(layout)
    const added = await opened.recordings.addSource(id, AMY)
    expect(added).toMatchObject({ id: 'amy', type: 'whep', label: 'amy', role: 'participant' })
    expect(added).not.toHaveProperty('token')
    await expect(opened.recordings.addSource(id, AMY)).rejects.toMatchObject({ code: 'source.duplicate', field: '/id' })
    await opened.recordings.updateSource(id, 'amy', { muted: true, label: 'Amy' })
    expect((await opened.recordings.get(id)).sources[1]).toMatchObject({ id: 'amy', muted: true, label: 'Amy' })
    await opened.recordings.removeSource(id, 'amy')
    expect((await opened.recordings.get(id)).sources.map((source) => source.id)).toEqual(['teacher'])
    for (const call of [
      () => opened.recordings.updateSource(id, 'amy', { muted: true }),
      () => opened.recordings.removeSource(id, 'amy'),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'source.not-found', received: 'amy' })
  })

  test('delete one that has ended, and no other', async () => {
    const { id } = await start()
    await expect(opened.deletions.delete(id, 'keep')).rejects.toMatchObject({
      code: 'recording.wrong-state',
      details: { state: 'requested' },
    })
    await opened.recordings.stop(id)
    await opened.deletions.delete(id, 'keep')
    await expect(opened.recordings.get(id)).rejects.toMatchObject({ code: 'recording.not-found' })
  })
}
