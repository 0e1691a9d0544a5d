import type { Size } from '../../../recorder-page/drawing/geometry.ts'
import type { SceneSource } from '../../../recorder-page/scene/index.ts'
import type { Layout } from '../../../src/protocol/layout.ts'
import type { Signal } from '../../../src/protocol/signals.ts'

/** As `VideoColorSpaceInit`, whose types do not know BT.2020. */
export interface Colours {
  readonly primaries: string
  readonly transfer: string
  readonly matrix: string
  readonly fullRange: boolean
}

/** How the frames of a source come: what a decoder, a camera or a screen may give. */
export interface FrameShape extends Size {
  /** Default: I420. */
  readonly format?: VideoPixelFormat | 'I420P10'
  /** Default: BT.709, limited. */
  readonly colours?: Colours
  readonly rotation?: number
  readonly flip?: boolean
  /** Where pixels are not square. */
  readonly display?: Size
  readonly visible?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
}

/** One picture: what came before it, and when it is. */
interface Moment {
  readonly atMs: number
  readonly layout?: Layout
  readonly signals?: readonly Signal[]
  /** Sources of the picture from now on. */
  readonly sources?: readonly SceneSource[]
  /** Replaces frames: of another shape, or with other content. */
  readonly frames?: Readonly<Record<string, FrameShape & { readonly content?: number }>>
}

export interface CompareRequest {
  readonly size: Size
  readonly layout: Layout
  readonly sources: readonly SceneSource[]
  readonly frames: Readonly<Record<string, FrameShape>>
  readonly moments: readonly Moment[]
  /** How far an edge reaches, in samples; more where frames are enlarged. */
  readonly reach?: number
}

/** How a planar picture differs from the canvas's, both as planes of BT.709 of limited range. */
export interface Comparison {
  /** The largest difference where the reference has no edge, levels, and how many samples have none. */
  readonly flat: number
  readonly flatShare: number
  /** How far the worst sample lies outside of the values that the reference has around it. */
  readonly outside: number
  /** The worst samples, for a message. */
  readonly worst: string
  readonly colours: VideoColorSpaceInit
  readonly format: string | null
}
