import type { Look } from './cast.ts'

/** What the studio needs to film one person. */
export interface ScenePlan {
  readonly look: Look
  readonly width: number
  readonly height: number
  readonly fps: number
  /** Per frame, how far the mouth is open, 0 to 1; as many frames as this list is long. */
  readonly mouth: readonly number[]
  readonly bitrateKbps: number
  /** Shifts this person's idle movements, so that nobody nods in step. */
  readonly phase: number
}
