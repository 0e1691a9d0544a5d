/** Who has to act on an error. It decides the log level: only `us` and `destination` page an operator. */
export type Fault = 'caller' | 'source' | 'destination' | 'us'

interface ErrorKind {
  /** The HTTP status when this error answers a request (RFC 9457 §3.1.2). */
  readonly status: number
  readonly fault: Fault
  /** True when the same call may succeed later without any change by the caller. */
  readonly retryable: boolean
  /** RFC 9457 `title`: the same text for every occurrence. */
  readonly title: string
}

const kind = (status: number, fault: Fault, title: string, retryable = false): ErrorKind => ({
  status,
  fault,
  retryable,
  title,
})

/** Every error code that leaves the product: in the API, in events, in logs and as a metrics label. Codes never change. */
export const ERRORS = {
  'request.invalid': kind(400, 'caller', 'The request does not match its schema'),
  'request.malformed': kind(400, 'caller', 'The request body is not valid JSON'),
  'request.too-large': kind(413, 'caller', 'The request body is too large'),
  'request.media-type': kind(415, 'caller', 'The content type is not supported'),
  'request.cursor-invalid': kind(400, 'caller', 'The cursor was not issued by this service'),
  'request.method-not-allowed': kind(405, 'caller', 'This path does not support the method'),
  'request.upgrade-required': kind(426, 'caller', 'This path speaks WebSocket only'),
  'route.not-found': kind(404, 'caller', 'There is nothing at this path'),
  'auth.missing': kind(401, 'caller', 'An API key is required'),
  'auth.invalid': kind(401, 'caller', 'The API key or token is not valid'),
  'auth.forbidden': kind(403, 'caller', 'The key or role does not allow this'),
  'idempotency.conflict': kind(409, 'caller', 'The idempotency key was used with a different request'),
  'idempotency.in-progress': kind(409, 'caller', 'The first request with this idempotency key is still running', true),
  'url.invalid': kind(400, 'caller', 'The URL is not usable here'),
  'url.private-address': kind(400, 'caller', 'The URL resolves to a private address'),
  'url.unresolvable': kind(400, 'caller', 'The host name of the URL does not resolve'),
  'recording.not-found': kind(404, 'caller', 'There is no such recording'),
  'recording.wrong-state': kind(409, 'caller', 'The recording is not in a state that allows this'),
  'recording.sources-or-template': kind(400, 'caller', 'A recording has either sources or a template'),
  'recording.template-unsupported': kind(501, 'caller', 'Recording a template page is not available in this version'),
  'recording.max-duration': kind(200, 'caller', 'The recording reached its maximum duration'),
  'recording.idle': kind(200, 'caller', 'Nothing happened any more, by the `idle` rules of the recording'),
  'recording.crash-loop': kind(500, 'us', 'The recording was given up because its takes ended too quickly'),
  'take.superseded': kind(409, 'us', 'A later take of the recording has begun'),
  'schedule.not-found': kind(404, 'caller', 'There is no such schedule'),
  'source.not-found': kind(404, 'caller', 'The recording has no such source'),
  'source.duplicate': kind(409, 'caller', 'The recording already has a source with this id'),
  'source.limit': kind(409, 'caller', 'The recording has as many sources as it may have'),
  'source.unreachable': kind(502, 'source', 'The source cannot be reached', true),
  'source.stalled': kind(502, 'source', 'The source sends no new pictures', true),
  'source.unsupported-media': kind(502, 'source', 'The source cannot be decoded'),
  'source.refused': kind(502, 'source', 'The source refused the connection', true),
  'source.media-error': kind(502, 'source', 'The source sends media that cannot be decoded', true),
  'layout.unknown-source': kind(400, 'caller', 'The layout names a source that the recording does not have'),
  'signal.invalid': kind(400, 'caller', 'The signal does not match its schema'),
  'signal.not-allowed': kind(403, 'caller', 'The role does not allow this signal'),
  'signal.rate': kind(429, 'caller', 'Too many signals from one sender or for one room', true),
  'signalling.unreachable': kind(502, 'source', 'The signalling server cannot be reached', true),
  'highlight.not-found': kind(404, 'caller', 'There is no such highlight'),
  'highlight.no-media': kind(409, 'caller', 'Nothing of the recording is stored at that time'),
  'highlight.not-ready': kind(409, 'caller', 'The clip of the highlight is not ready'),
  'highlight.too-far-ahead': kind(400, 'caller', 'The moment lies too far ahead'),
  'share.not-found': kind(404, 'caller', 'The link does not exist, has expired or was revoked'),
  'recap.not-found': kind(404, 'caller', 'There is no such recap'),
  'recap.too-long': kind(409, 'caller', 'The clips of the recap last too long together'),
  'clip.wrong-media': kind(500, 'us', 'The clip does not have the pictures and the sound that it should', true),
  'clipper.crashed': kind(500, 'us', 'The clip function ended unexpectedly', true),
  'capacity.exhausted': kind(503, 'us', 'There is no free recorder now', true),
  'chrome.not-found': kind(500, 'us', 'Chrome is not installed'),
  'chrome.launch-failed': kind(500, 'us', 'Chrome did not start', true),
  'chrome.crashed': kind(500, 'us', 'Chrome ended unexpectedly', true),
  'page.crashed': kind(500, 'us', 'The recorder page crashed', true),
  'page.unresponsive': kind(500, 'us', 'The recorder page does not answer', true),
  'page.no-packets': kind(500, 'us', 'The recorder page sends no encoded pictures', true),
  'page.memory': kind(500, 'us', 'The recorder page uses too much memory', true),
  'picture.frozen': kind(500, 'us', 'The picture stands still although its sources move', true),
  'picture.black': kind(500, 'us', 'The picture is black although its sources are not', true),
  'sound.silent': kind(500, 'us', 'The sound is silent although its sources are not', true),
  'page.failed': kind(500, 'us', 'The recorder page failed', true),
  'encoder.unsupported': kind(500, 'us', 'Chrome cannot encode with these settings'),
  'recorder.crashed': kind(500, 'us', 'The recorder process ended unexpectedly', true),
  'recorder.start-timeout': kind(500, 'us', 'The recorder did not deliver a first picture in time', true),
  'recorder.unresponsive': kind(500, 'us', 'The recorder process says nothing any more', true),
  'recorder.lost': kind(500, 'us', 'The worker of the recording disappeared', true),
  'recorder.unreachable': kind(503, 'us', 'The recorder did not answer the command in time', true),
  'store.unavailable': kind(503, 'destination', 'The store cannot be reached', true),
  'store.refused': kind(502, 'destination', 'The store refused the operation'),
  'store.not-found': kind(404, 'caller', 'The store has no such object'),
  'store.range-invalid': kind(416, 'caller', 'The byte range lies outside the object'),
  'spool.disk-full': kind(507, 'us', 'The disk of the spool is full'),
  'ffmpeg.not-found': kind(500, 'us', 'FFmpeg is not installed'),
  'ffmpeg.failed': kind(500, 'us', 'FFmpeg failed'),
  'database.unavailable': kind(503, 'us', 'The database cannot be reached', true),
  'config.invalid': kind(500, 'caller', 'A setting is not valid'),
  'webhook.failed': kind(502, 'destination', 'The webhook was not accepted', true),
  'service.unreachable': kind(503, 'destination', 'The service cannot be reached', true),
  'service.stopping': kind(503, 'us', 'The service is stopping', true),
  internal: kind(500, 'us', 'Something unexpected went wrong'),
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** True for a code of the table above. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}
