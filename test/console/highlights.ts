import type { Highlight } from '../../src/protocol/index.ts'
import { RECORDING_ID } from './recordings.ts'

export const HIGHLIGHT_ID = 'hl_01JD0000000000000000000007'

/** A highlight as the API shows it, with what a test changes. */
export function aHighlight(changes: Partial<Highlight> = {}): Highlight {
  const id = changes.id ?? HIGHLIGHT_ID
  const folder = `/media/${RECORDING_ID}/highlights/${id}`
  return {
    id,
    recordingId: RECORDING_ID,
    state: 'ready',
    at: '2026-11-21T09:00:04.000Z',
    preSec: 2,
    postSec: 1,
    label: 'The question',
    by: 'Ms Li',
    metadata: {},
    trigger: 'api',
    rule: null,
    from: '2026-11-21T09:00:02.000Z',
    to: '2026-11-21T09:00:05.000Z',
    clamped: null,
    gaps: [],
    durationSec: 3,
    bytes: 500_000,
    favourite: false,
    createdAt: '2026-11-21T09:00:04.100Z',
    playableAt: '2026-11-21T09:00:05.200Z',
    readyAt: '2026-11-21T09:00:06.000Z',
    error: null,
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    links: {
      playlist: `${folder}/clip.m3u8`,
      mp4: `${folder}/clip.mp4`,
      poster: `${folder}/poster.jpg`,
      preview: `${folder}/preview.webp`,
    },
    ...changes,
  }
}
