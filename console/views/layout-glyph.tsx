import type { LayoutName } from '../../src/protocol/index.ts'

type Tile = readonly [x: number, y: number, width: number, height: number]

/** Each layout as a drawing of 32 × 18; the first tile is the main one. */
const TILES: Readonly<Record<LayoutName, readonly Tile[]>> = {
  grid: [
    [1, 1, 14, 7.5],
    [17, 1, 14, 7.5],
    [1, 9.5, 14, 7.5],
    [17, 9.5, 14, 7.5],
  ],
  speaker: [
    [1, 1, 22, 16],
    [24.5, 1, 6.5, 4.7],
    [24.5, 6.7, 6.5, 4.7],
    [24.5, 12.3, 6.5, 4.7],
  ],
  board: [
    [1, 1, 30, 16],
    [23, 11.5, 7, 4.5],
  ],
  'side-by-side': [
    [1, 3, 14.5, 12],
    [16.5, 3, 14.5, 12],
  ],
  single: [[1, 1, 30, 16]],
  'one-to-one': [
    [1, 1, 30, 16],
    [22, 10.5, 8, 5.5],
  ],
  'small-class': [
    [1, 1, 20, 16],
    [22.5, 1, 8.5, 7.5],
    [22.5, 9.5, 8.5, 7.5],
  ],
  lecture: [
    [1, 1, 23, 16],
    [25, 1, 6, 6],
  ],
  'dual-teacher': [
    [1, 1, 19, 16],
    [21.5, 1, 9.5, 16],
  ],
  custom: [
    [1, 1, 12, 9],
    [15, 4, 16, 9],
    [4, 11.5, 9, 5.5],
  ],
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
        <rect
          key={`${x},${y}`}
          x={x}
          y={y}
          width={width}
          height={height}
          rx="1.6"
          class={index === 0 ? 'glyph-main' : 'glyph-tile'}
        />
      ))}
    </svg>
  )
}
