import { createIndexPlaylist, parsePlaylist, renderLive, type Segment, targetDuration } from '../playlist/index.ts'
import { AppError } from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'

/** What viewers can see of a recording: the list of its stored segments and the two playlists made of it. */
export interface Publication {
  readonly segments: readonly Segment[]
  readonly durationSec: number
  /** The caller has stored the segment before. */
  add(segment: Segment): void
  /** Stores both playlists. */
  publish(state: { readonly ended: boolean }): Promise<void>
}

export interface PublicationOptions {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly targetDurationSec: number
}

/** A publication that goes on after the segments of earlier takes. */
export function createPublication(options: PublicationOptions, earlier: readonly Segment[]): Publication {
  const { store, recordingId, targetDurationSec } = options
  const segments = [...earlier]
  const index = createIndexPlaylist({ targetDurationSec }, earlier)
  let durationSec = earlier.reduce((sum, segment) => sum + segment.durationSec, 0)
  return {
    segments,
    get durationSec() {
      return durationSec
    },
    add(segment) {
      segments.push(segment)
      index.append(segment)
      durationSec += segment.durationSec
    },
    async publish({ ended }) {
      const live = renderLive(segments, { targetDurationSec, ended })
      await Promise.all([
        putText(store, `${recordingId}/live.m3u8`, live),
        putText(store, `${recordingId}/index.m3u8`, index.text({ ended })),
      ])
    },
  }
}

/** Goes on with what earlier takes stored. The target duration stays theirs: it must not change (RFC 8216 §6.2.1). */
export async function loadPublication(
  store: SegmentStore,
  recordingId: string,
  settings: { readonly segmentSec: number; readonly fps: number },
): Promise<Publication> {
  const stored = await loadSegments(store, recordingId)
  const targetDurationSec = stored?.targetDurationSec ?? targetDuration(settings.segmentSec, settings.fps)
  return createPublication({ store, recordingId, targetDurationSec }, stored?.segments ?? [])
}

/** What the stored playlists name. The live one may be one step ahead of the index when a recorder died between. */
export async function loadSegments(
  store: SegmentStore,
  recordingId: string,
): Promise<{ readonly targetDurationSec: number; readonly segments: readonly Segment[] } | undefined> {
  const index = await loadPlaylist(store, `${recordingId}/index.m3u8`)
  const live = await loadPlaylist(store, `${recordingId}/live.m3u8`)
  const known = index ?? live
  if (known === undefined) return undefined
  const next = (known.segments.at(-1)?.seq ?? -1) + 1
  const newer = (live?.segments ?? []).filter((segment) => segment.seq >= next)
  return { targetDurationSec: known.targetDurationSec, segments: [...known.segments, ...newer] }
}

async function loadPlaylist(store: SegmentStore, key: string) {
  const text = await getText(store, key)
  return text === undefined ? undefined : parsePlaylist(text)
}

/** As UTF-8. Errors: those of the store. */
export async function putText(store: SegmentStore, key: string, text: string): Promise<void> {
  await store.put(key, new TextEncoder().encode(text))
}

/** Undefined when there is no such object. */
export async function getText(store: SegmentStore, key: string): Promise<string | undefined> {
  try {
    return await new Response((await store.get(key)).body).text()
  } catch (error) {
    if (error instanceof AppError && error.code === 'store.not-found') return undefined
    throw error
  }
}
