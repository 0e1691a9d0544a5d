import { AppError } from '../../../src/protocol/app-error.ts'
import { RETRY_POLICIES, type RetryPolicy } from '../../../src/timing/index.ts'
import { httpError, isHopeless, networkError } from '../driver/source-error.ts'

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

/** The present outage so far. */
export interface RecoveryHistory {
  readonly nowMs: number
  /** When the present outage began; `nowMs` for its first error. */
  readonly outageSinceMs: number
  /** How often the decoder was given new media in this outage. */
  readonly mediaRecoveries: number
}

export type RecoveryAction =
  /** hls.js recovers by itself. */
  | 'none'
  /** Load playlists and segments again from where it stopped. */
  | 'start-load'
  /** Begin again with the playlist of the source's URL. */
  | 'load-source'
  /** Give the decoder fresh buffers; the picture is empty until the next segment. */
  | 'recover-media'
  /** Throw everything away and open the source anew. */
  | 'rebuild'

interface Recovery {
  readonly action: RecoveryAction
  readonly afterMs: number
  readonly error: AppError
}

/** After this long an outage is retried at the slower pace. */
const PATIENCE_MS = 300_000
/** The decoder gets fresh buffers this often; after that hls.js itself is replaced. */
const MEDIA_RECOVERIES = 2

const UNSUPPORTED = new Set(['manifestIncompatibleCodecsError', 'bufferAddCodecError', 'bufferIncompatibleCodecsError'])

/** The one place that decides how a live HLS source comes back from an error of hls.js. */
export function planHlsRetry(fault: HlsFault, history: RecoveryHistory): Recovery {
  const error = describe(fault)
  if (!fault.fatal) return { action: 'none', afterMs: 0, error }
  const { firstMs: afterMs } = policyOf(error, history)
  return { action: planAction(fault, history), afterMs, error }
}

function policyOf(error: AppError, { nowMs, outageSinceMs }: RecoveryHistory): RetryPolicy {
  if (isHopeless(error)) return RETRY_POLICIES.hopelessSource
  return nowMs - outageSinceMs < PATIENCE_MS ? RETRY_POLICIES.hlsStream : RETRY_POLICIES.absentHlsStream
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
