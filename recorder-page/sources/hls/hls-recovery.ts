import { AppError } from '../../../src/protocol/app-error.ts'
import { httpError, isHopeless, networkError } from '../source-error.ts'

/** An error of hls.js, reduced to what decides about it. */
export interface HlsFault {
  readonly type: 'network' | 'media' | 'key-system' | 'other'
  /** hls.js' name for it, such as `levelLoadError`. */
  readonly details: string
  readonly fatal: boolean
  /** HTTP status of the answer, 0 when there was none. */
  readonly status: number
  readonly message: string
}

/** What was tried before; it is forgotten when the source is well again. */
export interface RecoveryHistory {
  readonly nowMs: number
  /** When the present outage began; `nowMs` for its first error. */
  readonly outageSinceMs: number
  /** How often the decoder was given new media in this outage. */
  readonly mediaRecoveries: number
}

export type RecoveryAction =
  /** hls.js goes on by itself. */
  | 'none'
  /** Load playlists and segments again from where it stopped. */
  | 'start-load'
  /** Begin again with the playlist of the source's URL. */
  | 'load-source'
  /** Give the decoder fresh buffers; the picture is empty until the next segment. */
  | 'recover-media'
  /** Throw everything away and open the source anew. */
  | 'rebuild'

export interface Recovery {
  readonly action: RecoveryAction
  readonly afterMs: number
  readonly error: AppError
}

/** Pace of retries: back within a second, and one small request per second is no load for any server. */
const RETRY_MS = 1000
/** Pace after `PATIENCE_MS` of trying. Still back within 5 s, but a dead link of a day costs a third. */
const SLOW_RETRY_MS = 3000
const PATIENCE_MS = 300_000
const HOPELESS_RETRY_MS = 10_000
/** Twice the decoder gets fresh buffers; if that does not help, the state of hls.js itself is in doubt. */
const MEDIA_RECOVERIES = 2

const UNSUPPORTED = new Set(['manifestIncompatibleCodecsError', 'bufferAddCodecError', 'bufferIncompatibleCodecsError'])

/** The one place that decides how a live HLS source comes back from an error of hls.js. */
export function planHlsRetry(fault: HlsFault, history: RecoveryHistory): Recovery {
  const error = describe(fault)
  if (!fault.fatal) return { action: 'none', afterMs: 0, error }
  const patient = history.nowMs - history.outageSinceMs < PATIENCE_MS
  const afterMs = isHopeless(error) ? HOPELESS_RETRY_MS : patient ? RETRY_MS : SLOW_RETRY_MS
  return { action: planAction(fault, history), afterMs, error }
}

function planAction(fault: HlsFault, history: RecoveryHistory): RecoveryAction {
  if (UNSUPPORTED.has(fault.details) || fault.type === 'key-system' || fault.type === 'other') return 'rebuild'
  if (fault.type === 'media') return history.mediaRecoveries < MEDIA_RECOVERIES ? 'recover-media' : 'rebuild'
  return fault.details.startsWith('manifest') ? 'load-source' : 'start-load'
}

function describe(fault: HlsFault): AppError {
  if (UNSUPPORTED.has(fault.details))
    return new AppError('source.unsupported-media', 'Chrome cannot decode the HLS stream. Use H.264 and AAC.', {
      received: fault.message,
    })
  if (fault.type === 'key-system')
    return new AppError('source.unsupported-media', 'The HLS stream is protected by DRM, which cannot be recorded.', {
      received: fault.details,
    })
  if (fault.type === 'network') return describeNetwork(fault)
  if (fault.details.startsWith('bufferStalled'))
    return new AppError('source.stalled', 'The HLS stream has no new segments. It is shown again as soon as it does.')
  return new AppError('source.media-error', 'The HLS stream has segments that cannot be decoded. It is tried again.', {
    received: `${fault.details}: ${fault.message}`,
  })
}

function describeNetwork(fault: HlsFault): AppError {
  const what = fault.details.startsWith('frag') ? 'segment of the HLS stream' : 'playlist of the HLS stream'
  if (fault.status >= 400) return httpError(what, fault.status)
  if (fault.status === 0 && !fault.details.includes('Parsing')) return networkError(what)
  return new AppError('source.unreachable', `The ${what} is not valid HLS. It is asked for again.`, {
    received: `${fault.details}: ${fault.message}`,
  })
}
