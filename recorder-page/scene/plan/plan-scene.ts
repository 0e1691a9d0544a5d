import { currentPage, isActiveSpeaker, participantOfSource } from '../../../src/room/index.ts'
import type { Size } from '../../drawing/geometry.ts'
import { type Arrangement, arrange, gapOf, isEdgeToEdge, type LayoutSource, type Placement } from '../layout/index.ts'
import { chatIsOpen, planOverlays } from './plan-overlays.ts'
import { planSourceTile } from './plan-tile.ts'
import type { SceneInput } from './scene-input.ts'
import type { ScenePlan, Tile } from './scene-plan.ts'

/** Plans the picture of this room and these sources in this layout. */
export function planScene(input: SceneInput): ScenePlan {
  const arrangement = arrangeScene(input)
  const tiles = arrangement.places.map((placement) => planTile(placement, input))
  return { size: input.size, tiles, overlays: planOverlays(input, arrangement) }
}

function arrangeScene(input: SceneInput): Arrangement {
  const { layout, room, size } = input
  const sources = input.sources.filter((source) => isShown(source.id, input))
  return arrange(
    layout.name,
    {
      sources,
      focus: resolveFocus(input, sources),
      hasBoard: (currentPage(room.board)?.elements.size ?? 0) > 0,
      hasChat: chatIsOpen(input),
      view: layout.view ?? 'audience',
      tiles: layout.tiles ?? [],
    },
    size,
  )
}

/** False for a source without a picture whose participant has left: it gets no tile. */
function isShown(sourceId: string, input: SceneInput): boolean {
  const source = input.sources.find(({ id }) => id === sourceId)
  const participant = participantOfSource(input.room, sourceId)
  return source?.state === 'live' || participant?.present !== false
}

/**
 * The layout's own focus; else for the audience the presenter, for the presenter the active speaker among the others;
 * else the active speaker; else the first source.
 */
function resolveFocus(input: SceneInput, sources: readonly LayoutSource[]): LayoutSource | null {
  const { layout, room } = input
  const named = sources.find(({ id }) => id === layout.focus)
  if (named !== undefined) return named
  const speaking = sources.find(({ id }) => isActiveSpeaker(room, id))
  const presenter = sources.find(({ role }) => role === 'presenter')
  if (layout.view === 'presenter') {
    const other = sources.find(({ role }) => role === 'participant')
    return (speaking !== presenter ? speaking : undefined) ?? other ?? presenter ?? sources[0] ?? null
  }
  return presenter ?? speaking ?? sources[0] ?? null
}

function planTile(placement: Placement, input: SceneInput): Tile {
  const style = { radius: radiusOf(placement, input), floating: placement.floating, opacity: 1 }
  if (placement.kind === 'source') return planSourceTile(placement, input, style)
  return {
    ...style,
    kind: 'board',
    key: 'board',
    rect: placement.rect,
    restingRect: placement.rect,
    label: null,
    marks: { muted: false, hand: false, speaking: false },
    ring: 0,
    page: currentPage(input.room.board),
  }
}

function radiusOf(placement: Placement, { layout, size }: SceneInput): number {
  return isEdgeToEdge(layout.name) ? 0 : Math.min(cornerRadius(size), Math.floor(placement.rect.height / 8))
}

/** The radius of a large tile's corners. */
function cornerRadius(size: Size): number {
  return gapOf(size)
}
