import { evenRect, evenSize, type Rect } from '../../drawing/geometry.ts'
import type { Arrangement, LayoutInput, Placement } from './arrangement.ts'

/** The user's own rectangles, in fractions of the area, in their order. A source that is not there leaves its place empty. */
export function custom(input: LayoutInput, area: Rect): Arrangement {
  return { places: input.tiles.flatMap((tile) => placeTile(tile, input, area)), chat: null }
}

function placeTile(tile: LayoutInput['tiles'][number], input: LayoutInput, area: Rect): Placement[] {
  const rect = clampInto(area, {
    x: area.x + tile.x * area.width,
    y: area.y + tile.y * area.height,
    width: tile.width * area.width,
    height: tile.height * area.height,
  })
  if ('board' in tile) return [{ kind: 'board', rect, floating: true }]
  const source = input.sources.find(({ id }) => id === tile.source)
  if (source === undefined) return []
  const fit = tile.fit ?? (source.role === 'screen' ? 'contain' : 'cover')
  return [{ kind: 'source', sourceId: source.id, rect, fit, floating: true }]
}

/** A tile is cut off at the edge of the area; one wholly beyond it keeps two pixels. */
function clampInto(area: Rect, wanted: Rect): Rect {
  const rect = evenRect(wanted)
  const x = Math.min(rect.x, area.x + area.width - 2)
  const y = Math.min(rect.y, area.y + area.height - 2)
  const width = evenSize(Math.min(rect.width, area.x + area.width - x))
  const height = evenSize(Math.min(rect.height, area.y + area.height - y))
  return { x, y, width, height }
}
