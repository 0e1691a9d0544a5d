import type { RecordingSpec } from '../../src/protocol/index.ts'
import { buildRecord, type RecordingRecord } from '../../src/recording/index.ts'

export const NOW = new Date('2026-11-21T09:00:00.000Z')
export const LATER = new Date('2026-11-21T09:00:05.000Z')
export const ID = 'rec_01K00000000000000000000000'

export const SPEC: RecordingSpec = {
  room: 'class-42',
  sources: [
    { id: 'teacher', type: 'hls', url: 'https://live.test/teacher.m3u8', label: 'Ms Li', role: 'presenter' },
    { id: 'amy', type: 'whep', url: 'https://live.test/whep/amy', token: 'whep-token-of-amy' },
  ],
  webhooks: [{ url: 'https://hooks.test/panorec', secret: 'a-secret-of-16-or-more' }],
  metadata: { course: 'math-1' },
}

/** A record of `SPEC`, changed as given. */
export function aRecord(change: Partial<RecordingRecord> = {}): RecordingRecord {
  return { ...buildRecord(SPEC, { id: ID, traceId: '0123456789abcdef0123456789abcdef', now: NOW }), ...change }
}
