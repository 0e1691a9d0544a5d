import type { Event, Recording, Source } from '../../src/protocol/index.ts'

/** All recordings that this page knows, by id. */
export type Library = ReadonlyMap<string, Recording>

/** Adds or replaces recordings. */
export function keepRecordings(library: Library, recordings: readonly Recording[]): Library {
  const next = new Map(library)
  for (const recording of recordings) next.set(recording.id, recording)
  return next
}

export function dropRecording(library: Library, id: string): Library {
  const next = new Map(library)
  next.delete(id)
  return next
}

/** The library after an event. An unknown recording is added only by an event that holds it whole. */
export function applyEvent(library: Library, event: Event): Library {
  switch (event.type) {
    case 'recording.state':
    case 'recording.stats':
    case 'recording.layout':
      return keepRecordings(library, [event.recording])
    case 'recording.deleted':
      return dropRecording(library, event.recordingId)
    case 'source.state':
      return changeSources(library, event.recordingId, (sources) => putSource(sources, event.source))
    case 'source.removed':
      return changeSources(library, event.recordingId, (sources) => sources.filter(({ id }) => id !== event.sourceId))
    default:
      return library
  }
}

function changeSources(library: Library, id: string, change: (sources: Source[]) => Source[]): Library {
  const recording = library.get(id)
  if (recording === undefined) return library
  return keepRecordings(library, [{ ...recording, sources: change(recording.sources) }])
}

function putSource(sources: Source[], source: Source): Source[] {
  const known = sources.some(({ id }) => id === source.id)
  return known ? sources.map((old) => (old.id === source.id ? source : old)) : [...sources, source]
}

/** Newest first: ids are ULIDs, which sort by time. */
export function newestFirst(library: Library): Recording[] {
  return [...library.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}
