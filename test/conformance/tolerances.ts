/**
 * The promises of a recording, as they are. Their classes are recorded while the machine does nothing else, and held again when the
 * machine stalled meanwhile, so no limit is wider than its promise.
 */
export const PRESENT_MIN = 0.99
export const REPEATED_MAX = 0.01
export const HLS_SYNC_P95_SEC = 0.02
export const WHEP_SYNC_P95_SEC = 0.04
/** One missed tick leaves a hole of two frames; the rest is the rounding of timestamps. */
export const STEADY_GAP_MAX_SEC = 0.081
/** A browser that starts beside it may take a few ticks; a lost segment or group of pictures leaves a hole of a second. */
export const HOLE_MAX_SEC = 0.2
/** A viewer's Chrome on the machine that records may wait for a segment once. */
export const LIVE_STALLS_MAX = 1
export const LAYOUT_SWITCH_MAX_MS = 500
export const STROKE_MAX_MS = 300
export const RETURN_MAX_MS = 5000
export const WHEP_FREEZE_MAX_SEC = 0.5
/** From the stop to `completed`. */
export const STOP_MAX_MS = 5000
