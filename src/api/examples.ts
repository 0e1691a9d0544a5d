import { objectKey } from '../archive/keys.ts'

const RECORDING = 'rec_01KAJ5V8Q2C3D4E5F6G7H8J9K0'
const HIGHLIGHT = 'hl_01KAJ6A1B2C3D4E5F6G7H8J9K0'
const OTHER = 'hl_01KAJ6Q7R8S9T0V1W2X3Y4Z5A6'
const RECAP = 'rcp_01KAJ8M0N1P2Q3R4S5T6V7W8X9'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const linkTo = (kind: 'clipPlaylist' | 'clip' | 'poster' | 'preview') =>
  `/media/${objectKey(RECORDING, kind, { highlight: HIGHLIGHT })}`

const source = { id: 'teacher', type: 'hls', url: 'https://example.com/teacher/live.m3u8', label: 'Ms Li' }
const highlight = {
  id: HIGHLIGHT,
  recordingId: RECORDING,
  state: 'ready',
  at: '2026-11-21T09:14:00.000Z',
  preSec: 20,
  postSec: 10,
  label: 'Great answer',
  by: 'Ms Li',
  metadata: { question: '7' },
  trigger: 'api',
  rule: null,
  from: '2026-11-21T09:13:40.000Z',
  to: '2026-11-21T09:14:10.000Z',
  clamped: null,
  gaps: [],
  durationSec: 30,
  bytes: 9_812_344,
  favourite: false,
  createdAt: '2026-11-21T09:14:00.031Z',
  playableAt: '2026-11-21T09:14:10.290Z',
  readyAt: '2026-11-21T09:14:11.480Z',
  error: null,
  traceId: TRACE,
  links: {
    playlist: linkTo('clipPlaylist'),
    mp4: linkTo('clip'),
    poster: linkTo('poster'),
    preview: linkTo('preview'),
  },
}
const share = {
  id: 'shr_01KAJ7B8C9D0E1F2G3H4J5K6M7',
  highlightId: HIGHLIGHT,
  url: 'https://classes.example.com/s/01KAJ7B8C9D0E1F2G3H4J5K6M7.x2Kf9wQ',
  createdAt: '2026-11-21T09:20:00.000Z',
  expiresAt: '2026-12-21T09:20:00.000Z',
  revokedAt: null,
}
const recapRequest = { highlights: [HIGHLIGHT, OTHER], title: 'Fractions, lesson 3', titles: true, crossfadeSec: 0.5 }
const recap = {
  id: RECAP,
  recordingId: RECORDING,
  state: 'ready',
  ...recapRequest,
  omitted: [],
  durationSec: 59.5,
  bytes: 19_400_120,
  createdAt: '2026-11-21T10:05:00.000Z',
  readyAt: '2026-11-21T10:05:09.700Z',
  error: null,
  traceId: TRACE,
  links: { mp4: `/media/${objectKey(RECORDING, 'recap', { recap: RECAP })}` },
}

/** The examples of the reference, by the `$id` of their schemas, which they match. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  RecordingSpec: {
    room: 'class-42',
    sources: [{ ...source, role: 'presenter' }],
    layout: { name: 'speaker', focus: 'teacher' },
    video: { profile: '720p25' },
    highlights: {
      preSec: 20,
      postSec: 10,
      rules: [
        { type: 'hand', from: 'amy' },
        { type: 'loudness', label: 'Applause' },
      ],
    },
    metadata: { course: 'math-1' },
  },
  HighlightTrigger: { preSec: 20, postSec: 10, label: 'Great answer', by: 'Ms Li', metadata: { question: '7' } },
  HighlightPatch: { label: 'Great answer' },
  Highlight: highlight,
  HighlightList: { items: [highlight], nextCursor: null },
  ShareRequest: { expiresInSec: 604_800 },
  Share: share,
  ShareList: { items: [share], nextCursor: null },
  RecapRequest: recapRequest,
  Recap: recap,
  RecapList: { items: [recap], nextCursor: null },
}
