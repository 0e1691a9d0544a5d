import type { InjectOptions } from 'fastify'
import { fakeId } from './fakes.ts'

const HLS = { id: 'teacher', type: 'hls', url: 'https://live.example.com/a.m3u8' }
const ID = fakeId(1)
const start = (payload: unknown): InjectOptions => ({
  method: 'POST',
  url: '/v1/recordings',
  payload: payload as object,
})
const startWith = (field: object): InjectOptions => start({ sources: [HLS], ...field })
const source = (payload: object): InjectOptions => ({ method: 'POST', url: `/v1/recordings/${ID}/sources`, payload })
const signals = (payload: unknown): InjectOptions => ({
  method: 'POST',
  url: `/v1/recordings/${ID}/signals`,
  payload: payload as object,
})
const raw = (payload: string, type = 'application/json'): InjectOptions => ({
  method: 'POST',
  url: '/v1/recordings',
  headers: { 'content-type': type },
  payload,
})
const layout = (payload: object): InjectOptions => ({ method: 'PUT', url: `/v1/recordings/${ID}/layout`, payload })
const tile = { source: 'teacher', x: 0, y: 0, width: 1, height: 1 }

/** Wrong requests by name; the recording `fakeId(1)` exists. */
export const BAD_REQUESTS: Readonly<Record<string, InjectOptions>> = {
  'a body that is not JSON': raw('{"sources": [}'),
  'a body that ends too soon': raw('{"sources": ['),
  'a string with U+0000': raw('{"room":"a\\u0000b"}'),
  'a string with half a surrogate pair': raw('{"room":"\\ud800"}'),
  'a body that is plain text': raw('hello', 'text/plain'),
  'a body that is a form': raw('room=a', 'application/x-www-form-urlencoded'),
  'a body over the limit': raw(`{"room":"${'a'.repeat(1_100_000)}"}`),
  'a body that is an array': start([]),
  'a body that is null': raw('null'),
  'a body that is a number': raw('42'),
  'an unknown field at the top': startWith({ rooom: 'class-42' }),
  'an unknown field of a source of type hls': start({ sources: [{ ...HLS, token: 'abc' }] }),
  'an unknown field of the video settings': startWith({ video: { codec: 'vp9' } }),
  'a source without a type': start({ sources: [{ id: 'a', url: 'https://a.example' }] }),
  'a source of an unknown type': start({ sources: [{ ...HLS, type: 'rtmp' }] }),
  'a source without a URL': start({ sources: [{ id: 'a', type: 'whep' }] }),
  'a source with an empty URL': start({ sources: [{ ...HLS, url: '' }] }),
  'a source that is a string': start({ sources: ['https://a.example'] }),
  'a source whose id has a slash': start({ sources: [HLS, { ...HLS, id: 'a/b' }] }),
  'a source with an unknown role': start({ sources: [{ ...HLS, role: 'teacher' }] }),
  'a source muted by a string': start({ sources: [{ ...HLS, muted: 'yes' }] }),
  'more sources than a recording has': start({
    sources: Array.from({ length: 33 }, (_, n) => ({ ...HLS, id: `s${n}` })),
  }),
  'sources that are an object': start({ sources: HLS }),
  'an odd width': startWith({ video: { width: 1281 } }),
  'a height as text': startWith({ video: { height: '720' } }),
  'a frame rate that is too high': startWith({ video: { fps: 120 } }),
  'a bit rate that is too low': startWith({ audio: { bitrateKbps: 8 } }),
  'segments that are too short': startWith({ segmentSec: 0.1 }),
  'a duration of zero': startWith({ maxDurationSec: 0 }),
  'a duration with a fraction': startWith({ maxDurationSec: 1.5 }),
  'a room with a space': startWith({ room: 'class 42' }),
  'signalling without a URL': startWith({ signalling: { token: 'abc' } }),
  'a webhook with a short secret': startWith({ webhooks: [{ url: 'https://a.example', secret: 'short' }] }),
  'metadata that is not text': startWith({ metadata: { course: 1 } }),
  'metadata with a wrong key': startWith({ metadata: { 'a b': 'c' } }),
  'a pre-roll that is negative': startWith({ highlights: { preSec: -1 } }),
  'a layout of an unknown name': layout({ name: 'mosaic' }),
  'a layout without a name': layout({}),
  'a tile that leaves the picture': layout({ name: 'custom', tiles: [{ ...tile, x: 1.5 }] }),
  'a tile of no width': layout({ name: 'custom', tiles: [tile, { ...tile, width: 0 }] }),
  'a tile with an unknown fit': layout({ name: 'custom', tiles: [{ ...tile, fit: 'fill' }] }),
  'a board tile with a fit': layout({
    name: 'custom',
    tiles: [{ board: true, x: 0, y: 0, width: 1, height: 1, fit: 'cover' }],
  }),
  'an added source of an unknown type': source({ ...HLS, type: 'srt' }),
  'a patch that changes nothing': { method: 'PATCH', url: `/v1/recordings/${ID}/sources/a`, payload: {} },
  'a patch of a URL': { method: 'PATCH', url: `/v1/recordings/${ID}/sources/a`, payload: { url: 'https://b.example' } },
  'a stop with a field': { method: 'POST', url: `/v1/recordings/${ID}/stop`, payload: { force: true } },
  'an empty list of signals': signals([]),
  'a signal that is a string': signals(['hello']),
  'a list whose second signal is wrong': signals([
    { v: 1, type: 'hand.raised' },
    { v: 1, type: 'chat.message', text: '' },
  ]),
  'no signal at all': signals({}),
  'a page of no entries': { url: '/v1/recordings?limit=0' },
  'a limit that is a word': { url: '/v1/recordings?limit=many' },
  'two limits': { url: '/v1/recordings?limit=1&limit=2' },
  'an unknown state': { url: '/v1/recordings?state=running' },
  'an unknown filter': { url: '/v1/recordings?teacher=li' },
  'a recording that is not there': { url: `/v1/recordings/${fakeId(9)}` },
  'an id that cannot be': { url: '/v1/recordings/42' },
  'an id with U+0000': { url: '/v1/recordings/a%00b' },
  'a source id that cannot be': { method: 'DELETE', url: `/v1/recordings/${ID}/sources/a%20b` },
  'a path that is not there': { url: '/v1/recorders' },
  'a path with a wrong escape': { url: '/v1/recordings/%zz' },
  'a method that the path does not have': { method: 'DELETE', url: `/v1/recordings/${ID}` },
  'a GET where only POST is': { url: `/v1/recordings/${ID}/stop` },
  'a key for idempotency with a space': {
    ...startWith({}),
    headers: { 'idempotency-key': 'two words' },
  },
  'a room token for an unknown role': {
    method: 'POST',
    url: '/v1/rooms/class-42/tokens',
    payload: { role: 'admin', identity: 'amy' },
  },
  'a room token for ever': {
    method: 'POST',
    url: '/v1/rooms/class-42/tokens',
    payload: { role: 'host', identity: 'amy', ttlSec: 1e9 },
  },
  'a room token for a room that cannot be': {
    method: 'POST',
    url: '/v1/rooms/-/tokens',
    payload: { role: 'host', identity: 'amy' },
  },
  'a room joined without WebSocket': { url: '/v1/rooms/class-42/signals' },
  'events after a word': { url: '/v1/events?after=now' },
  'events of an unknown type': { url: '/v1/events?type=recording.started' },
  'events after a wrong Last-Event-ID': { url: '/v1/events', headers: { 'last-event-id': 'x' } },
  'the manifest of a recording': { url: `/media/${ID}/recording.json` },
  'media outside of a recording': { url: '/media/..%2fsecrets/index.m3u8' },
  'a Host that is not this machine': { url: '/v1/recordings', headers: { host: 'evil.example' } },
  'a page of another site': {
    method: 'POST',
    url: `/v1/recordings/${ID}/stop`,
    headers: { origin: 'https://evil.example' },
  },
}
