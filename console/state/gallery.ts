import type { Event, Highlight, Recap } from '../../src/protocol/index.ts'

/** All highlights and recaps that this page knows, by id. */
export interface Gallery {
  readonly highlights: ReadonlyMap<string, Highlight>
  readonly recaps: ReadonlyMap<string, Recap>
}

export const EMPTY_GALLERY: Gallery = { highlights: new Map(), recaps: new Map() }

/** Which highlights are shown; each part narrows it further. */
export interface GalleryFilter {
  /** Part of the label; upper and lower case are the same. */
  readonly text?: string
  readonly recording?: string
  readonly room?: string
  readonly by?: string
  readonly favourite?: boolean
  /** Days of the viewer's calendar, `2026-11-21`, both included. */
  readonly since?: string
  readonly until?: string
}

/** Adds or replaces highlights. An older answer never replaces the newer state of an event. */
export function keepHighlights(gallery: Gallery, fresh: readonly Highlight[]): Gallery {
  const highlights = new Map(gallery.highlights)
  for (const highlight of fresh) {
    const known = highlights.get(highlight.id)
    if (known === undefined || progressOf(highlight) >= progressOf(known)) highlights.set(highlight.id, highlight)
  }
  return { ...gallery, highlights }
}

export function dropHighlight(gallery: Gallery, id: string): Gallery {
  const highlights = new Map(gallery.highlights)
  highlights.delete(id)
  return { ...gallery, highlights }
}

export function keepRecaps(gallery: Gallery, fresh: readonly Recap[]): Gallery {
  const recaps = new Map(gallery.recaps)
  for (const recap of fresh) {
    if (recap.state !== 'rendering' || !recaps.has(recap.id)) recaps.set(recap.id, recap)
  }
  return { ...gallery, recaps }
}

/** The gallery after an event; events of other things change nothing. */
export function applyGalleryEvent(gallery: Gallery, event: Event): Gallery {
  switch (event.type) {
    case 'highlight.created':
    case 'highlight.playable':
    case 'highlight.ready':
    case 'highlight.failed':
    case 'highlight.updated':
      return keepHighlights(gallery, [event.highlight])
    case 'highlight.deleted':
      return dropHighlight(gallery, event.highlightId)
    case 'recap.ready':
    case 'recap.failed':
      return keepRecaps(gallery, [event.recap])
    default:
      return gallery
  }
}

/** Whether a highlight belongs to a view; `room` is that of its recording, undefined while it is not known. */
export function matchesGallery(highlight: Highlight, filter: GalleryFilter, room: string | null | undefined): boolean {
  const at = Date.parse(highlight.at)
  return (
    (filter.text === undefined || (highlight.label?.toLowerCase().includes(filter.text.toLowerCase()) ?? false)) &&
    (filter.recording === undefined || highlight.recordingId === filter.recording) &&
    (filter.room === undefined || room === filter.room) &&
    (filter.by === undefined || highlight.by === filter.by) &&
    (filter.favourite !== true || highlight.favourite) &&
    (filter.since === undefined || at >= startOfDay(filter.since)) &&
    (filter.until === undefined || at < endOfDay(filter.until))
  )
}

/** Newest first: ids are ULIDs, which sort by time. */
export function newestHighlights(gallery: Gallery): Highlight[] {
  return [...gallery.highlights.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}

/** The first instant of a day of the viewer's calendar, epoch ms. */
export function startOfDay(day: string): number {
  return new Date(`${day}T00:00:00`).getTime()
}

/** The first instant after a day of the viewer's calendar: a day of a clock change has not 24 hours. */
export function endOfDay(day: string): number {
  const next = new Date(`${day}T00:00:00`)
  next.setDate(next.getDate() + 1)
  return next.getTime()
}

function progressOf(highlight: Highlight): number {
  if (highlight.state === 'ready' || highlight.state === 'failed') return 2
  return highlight.playableAt === null ? 0 : 1
}
