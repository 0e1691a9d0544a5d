import type { TileSpec } from '../../../src/protocol/layout.ts'
import type { SourceRole } from '../../../src/protocol/sources.ts'
import { fitAspect, type Rect, WIDE } from '../../drawing/geometry.ts'

export interface LayoutSource {
  readonly id: string
  readonly role: SourceRole
}

/** All that an arrangement depends on. The order of `sources` is the order of the tiles. */
export interface LayoutInput {
  readonly sources: readonly LayoutSource[]
  /** The source for the main place; null only when there are no sources. */
  readonly focus: LayoutSource | null
  /** True when there is a whiteboard to show in layouts that have a place for it. */
  readonly hasBoard: boolean
  /** True when the picture should keep room for the chat panel, in layouts that can. */
  readonly hasChat: boolean
  /** `presenter`: the class large and the presenter small. `audience`: the presenter large. */
  readonly view: 'presenter' | 'audience'
  /** Distance between tiles, even pixels. */
  readonly gap: number
  /** Of `custom` only. */
  readonly tiles: readonly TileSpec[]
}

export type Fit = 'cover' | 'contain'

/** One place in the picture. A floating place lies over earlier ones; no two others share a pixel. */
export type Placement = { readonly rect: Rect; readonly floating: boolean } & (
  | { readonly kind: 'source'; readonly sourceId: string; readonly fit: Fit }
  | { readonly kind: 'board' }
)

/** Places in drawing order. */
export interface Arrangement {
  readonly places: readonly Placement[]
  readonly chat: Rect | null
}

/** What can fill a place: a source or the whiteboard. */
export type Content = LayoutSource | 'board'

export function place(content: Content, rect: Rect, floating = false): Placement {
  if (content === 'board') return { kind: 'board', rect, floating }
  return { kind: 'source', sourceId: content.id, rect, fit: content.role === 'screen' ? 'contain' : 'cover', floating }
}

/** One place for each content, up to the shorter of both lists. */
export function placeAll(contents: readonly Content[], rects: readonly Rect[]): Placement[] {
  return rects.flatMap((rect, index) => {
    const content = contents[index]
    return content === undefined ? [] : [place(content, rect)]
  })
}

/** The lesson's content: a shared screen, else the whiteboard. */
export function lessonContent(input: LayoutInput): Content | undefined {
  if (input.focus?.role === 'screen') return input.focus
  return input.sources.find((source) => source.role === 'screen') ?? (input.hasBoard ? 'board' : undefined)
}

/** The person for the main place: the focus, unless it is a screen. */
export function leadPerson(input: LayoutInput): LayoutSource | undefined {
  if (input.focus !== null && input.focus.role !== 'screen') return input.focus
  const people = input.sources.filter((source) => source.role !== 'screen')
  return people.find((source) => source.role === 'presenter') ?? people[0]
}

/** The teacher: the first presenter, else the person for the main place. */
export function teacherOf(input: LayoutInput): LayoutSource | undefined {
  return input.sources.find((source) => source.role === 'presenter') ?? leadPerson(input)
}

/** Everybody but these; in the presenter's view their own picture comes last. */
export function peopleWithout(input: LayoutInput, ...taken: readonly (Content | undefined)[]): LayoutSource[] {
  const people = without(input.sources, ...taken)
  if (input.view === 'audience') return people
  const isSelf = (source: LayoutSource) => source.role === 'presenter'
  return [...people.filter((source) => !isSelf(source)), ...people.filter(isSelf)]
}

/** The main place: the whiteboard takes all of it, a picture only its own aspect. */
export function placeMain(content: Content, rect: Rect): Placement {
  return place(content, content === 'board' ? rect : fitAspect(rect, WIDE))
}

export function without(sources: readonly LayoutSource[], ...taken: readonly (Content | undefined)[]): LayoutSource[] {
  return sources.filter((source) => !taken.includes(source))
}
