import type { ClipsToCome } from '../recording/index.ts'
import { withNeighbours } from './segment-place.ts'

/** Where every recorder looks before it writes what all takes share: it stays, so that none comes back. */
const FENCE = 'takes/newest.json'
const MANIFEST = 'recording.json'
const CLIP_PLAYLIST = /^highlights\/[^/]+\/clip\.m3u8$/

/**
 * Plans which objects under `<recording>/` go, in this order. Playlists go first, so that nobody starts to play, the manifest
 * last, so that an interrupted deletion is found again from the store alone; it stays while a clip or a recap is still to
 * come. Kept highlights keep their files; their `clip.m3u8` names segments and goes, once its clip is cut, as they do.
 */
export function planDeletion(
  names: readonly string[],
  {
    highlights,
    toCome,
    outputs,
  }: {
    readonly highlights: 'keep' | 'delete'
    readonly toCome: Pick<ClipsToCome, 'cutting' | 'rendering'>
    /** What was made of highlights that stay, relative to the recording. */
    readonly outputs: readonly string[]
  },
): readonly string[] {
  const { cutting, rendering } = toCome
  const stays = new Set([
    FENCE,
    ...outputs,
    ...cutting.map(({ id }) => `highlights/${id}/clip.m3u8`),
    ...withNeighbours(cutting.flatMap(({ segments }) => segments)),
    ...(cutting.length > 0 || rendering ? [MANIFEST] : []),
  ])
  const isKept = (name: string): boolean => {
    if (stays.has(name)) return true
    return highlights === 'keep' && name.startsWith('highlights/') && !CLIP_PLAYLIST.test(name)
  }
  return names.filter((name) => !isKept(name)).sort((a, b) => rank(a) - rank(b))
}

function rank(name: string): number {
  if (name === MANIFEST) return 2
  return name.endsWith('.m3u8') ? 0 : 1
}
