import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { RecordingSchema } from '../../src/protocol/index.ts'
import { toRecording } from '../../src/recording/view.ts'
import { aRecord, ID, SPEC } from './records.ts'

test('a recording as the API shows it matches its schema', () => {
  expect(Value.Errors(RecordingSchema, toRecording(aRecord(), null))).toEqual([])
})

test('links carry the public URL when there is one', () => {
  expect(toRecording(aRecord(), null).links.live).toBe(`/media/${ID}/live.m3u8`)
  expect(toRecording(aRecord(), 'https://rec.test/panorec').links.index).toBe(
    `https://rec.test/panorec/media/${ID}/index.m3u8`,
  )
})

test('no token, webhook secret or password of a URL is shown', () => {
  const spec = { ...SPEC, signalling: { url: 'wss://rooms.test', token: 'room-token' } }
  const [teacher] = aRecord().sources
  const secretUrl = { ...SPEC.sources?.[0], url: 'https://user:pass-word@live.test/t.m3u8' } as typeof teacher extends {
    spec: infer S
  }
    ? S
    : never
  const record = aRecord({ spec, sources: [{ ...(teacher as NonNullable<typeof teacher>), spec: secretUrl }] })
  const text = JSON.stringify(toRecording(record, null))
  for (const secret of ['whep-token-of-amy', 'a-secret-of-16-or-more', 'room-token', 'pass-word'])
    expect(text).not.toContain(secret)
})

test('the duration is the sum of the takes, to the millisecond', () => {
  const take = { number: 1, startedAt: '', endedAt: null, segments: 1, error: null, firstPictureAt: null, aliveAt: '' }
  const takes = [
    { ...take, durationSec: 0.1 },
    { ...take, number: 2, durationSec: 0.2 },
  ]
  expect(toRecording(aRecord({ takes }), null).durationSec).toBe(0.3)
})
