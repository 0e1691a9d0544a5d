/** A piece of media whose wall time is known, as `EXT-X-PROGRAM-DATE-TIME` gives it (RFC 8216 §4.3.2.6). */
export interface DatedPiece {
  /** On the media's time line, seconds. */
  readonly startSec: number
  readonly durationSec: number
  /** Epoch ms of its first frame. */
  readonly wallMs: number
}

/** The wall time of a position; undefined when there is no piece. */
export function wallTimeAt(pieces: readonly DatedPiece[], sec: number): number | undefined {
  const piece = pieces.findLast(({ startSec }) => startSec <= sec + 0.001) ?? pieces[0]
  if (piece === undefined) return undefined
  const withinSec = Math.min(Math.max(0, sec - piece.startSec), piece.durationSec)
  return piece.wallMs + withinSec * 1000
}

/** The position of a wall time; for a time that was not recorded that of the next recorded frame, or the end. */
export function positionOf(pieces: readonly DatedPiece[], wallMs: number): number | undefined {
  const piece = pieces.find(({ wallMs: from, durationSec }) => wallMs < from + durationSec * 1000)
  if (piece !== undefined) return piece.startSec + Math.max(0, wallMs - piece.wallMs) / 1000
  const last = pieces.at(-1)
  return last === undefined ? undefined : last.startSec + last.durationSec
}
