import { ulid } from 'ulid'
import { expect, test } from 'vitest'
import { createEventLog, createRecordingRepository } from '../../src/db/index.ts'
import type { Fact } from '../../src/recording/changes.ts'
import { createEventFeed } from '../../src/recording/index.ts'
import { toChange } from '../../src/recording/write.ts'
import { testEventFeed } from '../recording/event-feed.suite.ts'
import { aRecord, NOW } from '../recording/records.ts'
import { describeDatabases } from './databases.ts'

describeDatabases('the event log', (database) => {
  const newRecording = async () => {
    const record = aRecord({ id: `rec_${ulid()}` })
    await createRecordingRepository(database()).insert(
      toChange({ record, facts: [{ type: 'recording.state' }] }, NOW, null),
    )
    return record
  }
  const tell = (
    { id }: { readonly id: string },
    ...types: ('recording.state' | 'recording.stats' | 'recording.layout')[]
  ) => {
    const facts: Fact[] = types.map((type) => ({ type }))
    return createRecordingRepository(database()).update(id, (current) =>
      toChange({ record: current, facts }, NOW, null),
    )
  }
  const feed = () => createEventFeed(createEventLog(database()))

  testEventFeed({ feed, newRecording, tell })

  test('keeps only the newest figures of a recording', async () => {
    const record = await newRecording()
    for (let count = 0; count < 3; count += 1) await tell(record, 'recording.stats')
    const events = await createEventLog(database()).after(0, {
      recordingId: record.id,
      types: ['recording.stats'],
      limit: 10,
    })
    expect(events).toHaveLength(1)
  })
})
