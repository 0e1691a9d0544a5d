import { deletionRank, findObject, KEPT, liesIn, objectName } from '../archive/keys.ts'
import type { PendingClips } from '../highlights/index.ts'
import { withNeighbours } from './segment-place.ts'

/**
 * Plans which objects under `<recording>/` go, in this order. Playlists go first, so that nobody starts to play, the manifest
 * last, so that an interrupted deletion is found again from the store alone; it stays while a clip or a recap is
 * pending. Kept highlights keep their files; their `clip.m3u8` names segments and goes, once its clip is cut, as they do.
 */
export function planDeletion(
  names: readonly string[],
  {
    highlights,
    pending,
    outputs,
  }: {
    readonly highlights: 'keep' | 'delete'
    readonly pending: Pick<PendingClips, 'cutting' | 'rendering'>
    /** What was made of highlights that stay, relative to the recording. */
    readonly outputs: readonly string[]
  },
): readonly string[] {
  const { cutting, rendering } = pending
  const stays = new Set([
    ...outputs,
    ...cutting.map(({ id }) => objectName('clipPlaylist', { highlight: id })),
    ...withNeighbours(cutting.flatMap(({ segments }) => segments)),
    ...(cutting.length > 0 || rendering ? [objectName('manifest')] : []),
  ])
  const isKept = (name: string): boolean => {
    if (stays.has(name) || deletionRank(name) === KEPT) return true
    return highlights === 'keep' && liesIn('highlights', name) && findObject(name)?.kind !== 'clipPlaylist'
  }
  return names.filter((name) => !isKept(name)).sort((a, b) => deletionRank(a) - deletionRank(b))
}
