/** What of a recording's folder goes, in this order, and what stays. */
export interface DeletionPlan {
  readonly keys: readonly string[]
  /** True when a clip still needs segments: the rest goes once it has its own file, or is gone. */
  readonly waits: boolean
}

/** Folders that hold what outlives the segments: clips, and what was made of them. */
const KEPT = /^(?:highlights|outputs)\//
const CLIP_PLAYLIST = /^highlights\/[^/]+\/clip\.m3u8$/

/**
 * Plans what to delete of the objects under `<recording>/`. Playlists go first, so that nobody starts to play, the manifest
 * last, so that an interrupted deletion is found again from the store alone. Kept highlights keep their files; their
 * `clip.m3u8` names segments and goes, and pins them as long as `clip.mp4` is not there.
 */
export function planDeletion(
  names: readonly string[],
  {
    highlights,
    pins,
  }: {
    readonly highlights: 'keep' | 'delete'
    /** The segments that each playlist of a clip names, relative to the recording. Empty: no clip is waited for. */
    readonly pins: ReadonlyMap<string, readonly string[]>
  },
): DeletionPlan {
  const there = new Set(names)
  const waiting = [...pins.keys()].filter((name) => highlights === 'keep' && needsSegments(name, there))
  const kept = new Set(waiting.flatMap((name) => [name, ...(pins.get(name) ?? [])]))
  const goes = (name: string): boolean => {
    if (kept.has(name)) return false
    return highlights === 'delete' || !KEPT.test(name) || CLIP_PLAYLIST.test(name)
  }
  const keys = names.filter(goes).sort((a, b) => rank(a) - rank(b))
  return {
    keys: waiting.length > 0 ? keys.filter((name) => rank(name) < MANIFEST_RANK) : keys,
    waits: waiting.length > 0,
  }
}

/** True for the playlist of a clip. */
export const isClipPlaylist = (name: string): boolean => CLIP_PLAYLIST.test(name)

const needsSegments = (name: string, there: ReadonlySet<string>): boolean =>
  there.has(name) && !there.has(name.replace('clip.m3u8', 'clip.mp4'))

const MANIFEST_RANK = 2

function rank(name: string): number {
  if (name === 'recording.json') return MANIFEST_RANK
  return name.endsWith('.m3u8') ? 0 : 1
}

/** The media of a playlist in `highlights/<id>/`, relative to the recording (RFC 3986 §5.2.4). */
export function parseClipSegments(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((uri) => new URL(uri, 'file:///highlights/id/').pathname.slice(1))
}
