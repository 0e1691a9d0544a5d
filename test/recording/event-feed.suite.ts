import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Event } from '../../src/protocol/index.ts'
import type { EventFeed } from '../../src/recording/recordings.ts'

const WRITERS = 8
const CHANGES_EACH = 15

/** A feed, and how something gets into it. */
interface FedFeed {
  feed(): EventFeed
  /** A recording with its first event. */
  newRecording(): Promise<{ readonly id: string }>
  tell(recording: { readonly id: string }, ...types: ('recording.state' | 'recording.layout')[]): Promise<unknown>
}

/** The conformance suite of the feed of events: what the API relies on, over every log. */
export function testEventFeed({ feed, newRecording, tell }: FedFeed): void {
  async function take(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
    const taken: Event[] = []
    for await (const event of events) {
      taken.push(event)
      if (taken.length === count) break
    }
    return taken
  }

  test('delivers what comes, live', async () => {
    const record = await newRecording()
    const stop = new AbortController()
    const taken = take(feed().subscribe({ recordingId: record.id, signal: stop.signal }), 2)
    await sleep(50)
    await tell(record, 'recording.layout')
    await tell(record, 'recording.state')
    expect((await taken).map(({ type }) => type)).toEqual(['recording.layout', 'recording.state'])
    stop.abort()
  })

  test('goes on with what is new after an id that never was', async () => {
    const record = await newRecording()
    const afterId = (await feed().lastId()) + 1000
    const stop = new AbortController()
    const taken = take(feed().subscribe({ afterId, recordingId: record.id, signal: stop.signal }), 1)
    await sleep(50)
    await tell(record, 'recording.layout')
    expect((await taken).map(({ type }) => type)).toEqual(['recording.layout'])
    stop.abort()
  })

  test('replays what came after an id, then goes on live', async () => {
    const record = await newRecording()
    const afterId = await feed().lastId()
    await tell(record, 'recording.layout', 'recording.state')
    const stop = new AbortController()
    const taken = take(feed().subscribe({ afterId, recordingId: record.id, signal: stop.signal }), 3)
    await sleep(50)
    await tell(record, 'recording.layout')
    const ids = (await taken).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    stop.abort()
  })

  test('filters by recording and type', async () => {
    const [one, other] = [await newRecording(), await newRecording()]
    const afterId = (await feed().lastId()) - 2
    await tell(other, 'recording.layout')
    await tell(one, 'recording.layout')
    const signal = AbortSignal.timeout(5000)
    const taken = await take(feed().subscribe({ afterId, recordingId: one.id, types: ['recording.layout'], signal }), 1)
    expect(taken).toMatchObject([{ type: 'recording.layout', recordingId: one.id }])
  })

  test('ends when it is aborted', async () => {
    const stop = new AbortController()
    const taken = take(feed().subscribe({ signal: stop.signal }), 1_000)
    await sleep(20)
    stop.abort()
    expect(await taken).toEqual([])
  })

  test('loses and doubles nothing while many write at once', async () => {
    const records = await Promise.all(Array.from({ length: WRITERS }, newRecording))
    const afterId = await feed().lastId()
    const signal = AbortSignal.timeout(20_000)
    const taken = take(feed().subscribe({ afterId, signal }), WRITERS * CHANGES_EACH)
    const write = async (record: { readonly id: string }) => {
      for (let count = 0; count < CHANGES_EACH; count += 1) await tell(record, 'recording.layout')
    }
    await Promise.all(records.map(write))
    const ids = (await taken).map(({ id }) => id)
    expect(new Set(ids).size).toBe(WRITERS * CHANGES_EACH)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })
}
