import type { Size } from '../../../recorder-page/drawing/geometry.ts'
import type { SceneSource } from '../../../recorder-page/scene/index.ts'
import type { Layout } from '../../../src/protocol/layout.ts'
import type { Signal } from '../../../src/protocol/signals.ts'

/** The synthetic picture of a source: one colour, or a person before a wall. */
export interface Picture {
  readonly color: string
  readonly kind: 'flat' | 'person' | 'slide'
  readonly width: number
  readonly height: number
}

export interface SceneRequest {
  readonly size: Size
  readonly layout: Layout
  readonly sources: readonly SceneSource[]
  readonly pictures: Readonly<Record<string, Picture>>
  /** One list per step: the signals that came before that picture. Only the last picture is returned. */
  readonly batches: readonly (readonly Signal[])[]
  readonly nowMs: number
  /** How often the last picture is painted again for the measure. */
  readonly repeat: number
  /** Boxes of the picture whose pixels are returned. */
  readonly probes: readonly { readonly x: number; readonly y: number }[]
  readonly png: boolean
}

export interface SceneAnswer {
  readonly png: string
  readonly pixels: readonly (readonly number[])[]
  /** Median of the repeats, from the plan to finished pixels, and of the plan alone. */
  readonly paintMs: number
  readonly planMs: number
  readonly worstMs: number
}
