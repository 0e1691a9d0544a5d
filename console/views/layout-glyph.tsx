import type { LayoutName } from '../../src/protocol/index.ts'

type Tile = readonly [x: number, y: number, width: number, height: number]

/** Each layout as a drawing of 32 × 18; the first tile is the one it is about. */
const TILES: Readonly<Record<LayoutName, readonly Tile[]>> = {
  grid: [[1, 1, 14, 7.500], [17, 1, 14, 7.500], [1, 9.500, 14, 7.500], [17, 9.500, 14, 7.500]],
  speaker: [[1, 1, 22, 16], [24.500, 1, 6.500, 4.700], [24.500, 6.700, 6.500, 4.700], [24.500, 12.300, 6.500, 4.700]],
  board: [[1, 1, 30, 16], [23, 11.500, 7, 4.500]],
  'side-by-side': [[1, 3, 14.500, 12], [16.500, 3, 14.500, 12]],
  single: [[1, 1, 30, 16]],
  'one-to-one': [[1, 1, 30, 16], [22, 10.500, 8, 5.500]],
  'small-class': [[1, 1, 20, 16], [22.500, 1, 8.500, 7.500], [22.500, 9.500, 8.500, 7.500]],
  lecture: [[1, 1, 23, 16], [25, 1, 6, 6]],
  'dual-teacher': [[1, 1, 19, 16], [21.500, 1, 9.500, 16]],
  custom: [[1, 1, 12, 9], [15, 4, 16, 9], [4, 11.500, 9, 5.500]],
}

export const LAYOUT_LABELS: Readonly<Record<LayoutName, string>> = {
  grid: 'Grid',
  speaker: 'Speaker',
  board: 'Board',
  'side-by-side': 'Side by side',
  single: 'Single',
  'one-to-one': 'One to one',
  'small-class': 'Small class',
  lecture: 'Lecture',
  'dual-teacher': 'Dual teacher',
  custom: 'Custom',
}

export function LayoutGlyph({ name }: { readonly name: LayoutName }) {
  return (
    <svg class="glyph" viewBox="0 0 32 18" aria-hidden="true" focusable="false">
      {TILES[name].map(([x, y, width, height], index) => (
        <rect key={`${x},${y}`} x={x} y={y} width={width} height={height} rx="1.6" class={index === 0 ? 'glyph-main' : 'glyph-tile'} />
      ))}
    </svg>
  )
}
