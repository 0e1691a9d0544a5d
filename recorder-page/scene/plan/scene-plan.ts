import type { RoomBoardPage } from '../../../src/room/index.ts'
import type { Rect, Size } from '../../drawing/geometry.ts'
import type { Fit } from '../layout/index.ts'

export interface TileMarks {
  readonly muted: boolean
  readonly hand: boolean
  readonly speaking: boolean
}

/** Why a source has no picture now. */
export type PlaceholderStatus = 'camera-off' | 'waiting' | 'reconnecting' | 'ended'

interface TileBase {
  /** Identifies the source or board across plans, for the animator. */
  readonly key: string
  /** Its place now. */
  readonly rect: Rect
  /** Its place at the end of the transition; layers are drawn once at this size, and scaled meanwhile. */
  readonly restingRect: Rect
  readonly radius: number
  readonly opacity: number
  /** True when it lies over other tiles: it has a shadow and needs a real clip. */
  readonly floating: boolean
  /** Null when labels are off. */
  readonly label: string | null
  readonly marks: TileMarks
  /** Opacity of the speaking ring. */
  readonly ring: number
}

export interface SourceTile extends TileBase {
  readonly kind: 'source'
  readonly sourceId: string
  readonly fit: Fit
}
export interface PlaceholderTile extends TileBase {
  readonly kind: 'placeholder'
  readonly sourceId: string
  readonly name: string
  readonly status: PlaceholderStatus
}
interface BoardTile extends TileBase {
  readonly kind: 'board'
  /** Undefined while nobody has drawn; then the paper is blank. */
  readonly page: RoomBoardPage | undefined
}
export type Tile = SourceTile | PlaceholderTile | BoardTile

export interface ChatLine {
  readonly id: string
  readonly name: string
  readonly text: string
}

interface OverlayBase {
  readonly key: string
  /** The area available to it; its kind decides the alignment in it. */
  readonly rect: Rect
  readonly opacity: number
}
export type Overlay = OverlayBase &
  (
    | { readonly kind: 'chat'; readonly lines: readonly ChatLine[] }
    | { readonly kind: 'bubbles'; readonly lines: readonly ChatLine[] }
    | { readonly kind: 'caption'; readonly name: string | null; readonly text: string }
    | { readonly kind: 'toasts'; readonly names: readonly string[] }
  )

/** A whole picture as data: which tile and overlay is where, before anything is drawn. */
export interface ScenePlan {
  readonly size: Size
  /** In drawing order. */
  readonly tiles: readonly Tile[]
  /** Drawn over the tiles, in this order. */
  readonly overlays: readonly Overlay[]
}
