import type { Layout } from '../../../src/protocol/layout.ts'
import type { SourceRole, SourceState } from '../../../src/protocol/sources.ts'
import type { Room } from '../../../src/room/index.ts'
import type { Size } from '../../drawing/geometry.ts'

/** The state of a source as far as the scene shows it. */
export interface SceneSource {
  readonly id: string
  /** The source's own label; equal to `id` when it has none, and then the participant's name is shown. */
  readonly label: string
  readonly role: SourceRole
  readonly muted: boolean
  readonly state: SourceState
  /** Since when it is in this state, on the clock of `nowMs`; attempts to reconnect do not count as a change. */
  readonly stateSinceMs: number
  /** True once a frame came; the last one is kept. */
  readonly hasFrame: boolean
  /** Loudness now, 0 to 1. */
  readonly level: number
}

/** Everything a picture depends on. */
export interface SceneInput {
  readonly room: Room
  /** In the order of the recording: the order of the tiles. */
  readonly sources: readonly SceneSource[]
  readonly layout: Layout
  readonly size: Size
  /** Epoch milliseconds, as the signals' `at`. */
  readonly nowMs: number
}
