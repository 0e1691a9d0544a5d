/** A place in a stream, in the stream's own time. */
export interface StreamPosition {
  readonly ms: number
  /** The stream's time begins anew after so much; null when it never does. */
  readonly periodMs: number | null
  /** True of a file, in which every position is of one clock, however far. */
  readonly isWhole?: boolean
}
