/** A moment of the class that the time line shows; epoch ms. */
export interface Mark {
  readonly id: string
  readonly label: string
  readonly atMs: number
  readonly fromMs: number
  readonly toMs: number
}

/** The same on the media's time line, seconds. */
export interface PlacedMark {
  readonly id: string
  readonly label: string
  readonly atSec: number
  readonly fromSec: number
  readonly toSec: number
}

/** Marks by their position; those that the media cannot place are left out. */
export function placeMarks(
  marks: readonly Mark[],
  positionOf: (wallMs: number) => number | undefined,
): readonly PlacedMark[] {
  return marks
    .flatMap(({ id, label, atMs, fromMs, toMs }) => {
      const atSec = positionOf(atMs)
      const fromSec = positionOf(fromMs)
      const toSec = positionOf(toMs)
      if (atSec === undefined || fromSec === undefined || toSec === undefined) return []
      return [{ id, label, atSec, fromSec, toSec }]
    })
    .sort((a, b) => a.atSec - b.atSec)
}

/** Where a mark lies on a line from `startSec` to `endSec`, percent. */
export function spanOf(
  mark: PlacedMark,
  line: { readonly startSec: number; readonly endSec: number },
): { readonly left: number; readonly width: number; readonly at: number } {
  const length = Math.max(0.1, line.endSec - line.startSec)
  const part = (sec: number) => Math.min(100, Math.max(0, ((sec - line.startSec) / length) * 100))
  const left = part(mark.fromSec)
  return { left, width: part(mark.toSec) - left, at: part(mark.atSec) }
}
