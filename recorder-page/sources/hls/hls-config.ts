import type { HlsConfig } from 'hls.js'
import workerUrl from 'hls.js/dist/hls.worker.js?url'

const playlistPolicy = {
  default: {
    // A server that accepts and never answers must not hold a source for long after it has come to its senses.
    maxTimeToFirstByteMs: 5000,
    maxLoadTimeMs: 10_000,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 1000 },
  },
}

/**
 * How hls.js plays a source that is being recorded: smooth, close to the live edge, and the same in its 24th hour.
 * Beyond the first tries every retry is decided by `planHlsRetry`.
 */
export const HLS_CONFIG: Partial<HlsConfig> = {
  // The bundle that Vite takes has no worker inside and would unpack segments on the main thread.
  workerPath: workerUrl,
  // RFC 8216 §6.3.3: not closer than three target durations to the end of the playlist, or every late segment shows.
  liveSyncDurationCount: 3,
  // Farther behind than this it jumps. It never plays faster: that bends the pitch and drops frames out of the cadence.
  liveMaxLatencyDurationCount: 6,
  maxLiveSyncPlaybackRate: 1,
  lowLatencyMode: false,
  liveDurationInfinity: true,
  // What was shown is never shown again, and no source needs more ahead than its playlist holds.
  backBufferLength: 6,
  maxBufferLength: 20,
  maxMaxBufferLength: 30,
  maxBufferSize: 30_000_000,
  // Begin with the level of the tile, not with the worst one.
  abrEwmaDefaultEstimate: 5_000_000,
  manifestLoadPolicy: playlistPolicy,
  playlistLoadPolicy: playlistPolicy,
  fragLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 5000,
      maxLoadTimeMs: 30_000,
      timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
      errorRetry: { maxNumRetry: 4, retryDelayMs: 500, maxRetryDelayMs: 1000 },
    },
  },
  // Captions, dates and advertisements of the stream are no part of the picture.
  renderTextTracksNatively: false,
  enableWebVTT: false,
  enableIMSC1: false,
  enableCEA708Captions: false,
  enableID3MetadataCues: false,
  enableDateRangeMetadataCues: false,
  enableEmsgMetadataCues: false,
  enableInterstitialPlayback: false,
}
