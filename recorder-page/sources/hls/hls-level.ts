import type { TileSize } from '../driver/tile-size.ts'

/** The part of a variant stream that decides whether it fits a tile; 0 where the playlist does not say. */
interface LevelSize {
  readonly width: number
  readonly height: number
}

/**
 * The index of the best level worth decoding for a tile: the last of those with the smallest picture that still fills it.
 * -1 (no cap) when none fills it or sizes are unknown. Levels are in order of bit rate, as hls.js keeps them.
 */
export function planLevelCap(levels: readonly LevelSize[], tile: TileSize | null): number {
  if (!tile) return -1
  const filling = levels.filter((level) => level.width >= tile.width && level.height >= tile.height)
  const smallest = filling.reduce<LevelSize | null>(
    (best, level) => (best && area(best) <= area(level) ? best : level),
    null,
  )
  return smallest ? levels.findLastIndex((level) => area(level) === area(smallest)) : -1
}

function area(level: LevelSize): number {
  return level.width * level.height
}
