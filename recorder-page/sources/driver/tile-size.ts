/** Pixels of the composited picture. */
export interface TileSize {
  readonly width: number
  readonly height: number
}
