import { type Recording, videoSettings } from '../../src/protocol/index.ts'

export const RECORDING_ID = 'rec_01JD0000000000000000000007'

/** A recording as the API shows it, with what a test changes. */
export function aRecording(changes: Partial<Recording> = {}): Recording {
  const id = changes.id ?? RECORDING_ID
  return {
    id,
    state: 'completed',
    room: 'class-42',
    createdAt: '2026-11-21T09:00:00.000Z',
    startedAt: '2026-11-21T09:00:01.000Z',
    endedAt: '2026-11-21T09:00:07.000Z',
    durationSec: 6,
    video: videoSettings(),
    segmentSec: 2,
    maxDurationSec: 86400,
    layout: { name: 'speaker', focus: 'teacher' },
    sources: [
      {
        id: 'teacher',
        type: 'hls',
        url: 'https://example.com/live.m3u8',
        label: 'Ms Li',
        role: 'presenter',
        muted: false,
        state: 'live',
        since: '2026-11-21T09:00:01.000Z',
        error: null,
      },
    ],
    takes: [
      { number: 1, startedAt: '2026-11-21T09:00:01.000Z', endedAt: null, durationSec: 6, segments: 3, error: null },
    ],
    stats: {
      frames: 150,
      droppedFrames: 0,
      segments: 3,
      bytes: 1_500_000,
      segmentLatencyMs: 80,
      cpuCores: 0.4,
      memoryBytes: 600_000_000,
    },
    error: null,
    metadata: {},
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    links: { live: `/media/${id}/live.m3u8`, index: `/media/${id}/index.m3u8` },
    ...changes,
  }
}
