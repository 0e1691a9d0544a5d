/** One clip of a recap, or its title card. */
interface RecapPart {
  /** Length as it is stored, in frames of the recap. */
  readonly frames: number
}

/** What of a part one encoding makes: a cross-fade out of the part before, and the part up to where the next fades in. */
export interface RecapPiece {
  readonly part: number
  /** Frames of the cross-fade at its beginning. */
  readonly fadeIn: number
  /** Frames at the part's end that belong to the next piece. */
  readonly fadeOut: number
  readonly firstFrame: number
  /** Frames of the piece without `fadeOut`. */
  readonly frames: number
}

/** Pieces follow each other without a gap. */
export interface RecapPlan {
  readonly pieces: readonly RecapPiece[]
  readonly frames: number
}

/** Lays the parts behind each other. A cross-fade takes at most half of a part, so that every part is seen alone. */
export function planRecap(parts: readonly RecapPart[], { fadeFrames }: { readonly fadeFrames: number }): RecapPlan {
  const fadeBefore = (index: number): number => {
    const [before, part] = [parts[index - 1], parts[index]]
    if (before === undefined || part === undefined) return 0
    return Math.min(fadeFrames, Math.floor(before.frames / 2), Math.floor(part.frames / 2))
  }
  let firstFrame = 0
  const pieces = parts.map((part, i) => {
    const fadeOut = fadeBefore(i + 1)
    const piece = { part: i, fadeIn: fadeBefore(i), fadeOut, firstFrame, frames: part.frames - fadeOut }
    firstFrame += piece.frames
    return piece
  })
  return { pieces, frames: firstFrame }
}
