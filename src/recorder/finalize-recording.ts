import { mergeSegments, parseSegmentUri, type Segment } from '../playlist/index.ts'
import type { ErrorInfo } from '../protocol/index.ts'
import {
  createPublication,
  loadSegments,
  type MediaFigures,
  type Publication,
  type StoredSegments,
  startOf,
} from '../publication/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { sealRecording } from './fence.ts'
import { closeManifest, loadManifest, type Manifest, type RecordingEnd, storeManifest } from './manifest.ts'
import { recoverSegments } from './recover-segments.ts'
import type { SpooledTake } from './spool.ts'

const LOST: ErrorInfo = { code: 'recorder.lost', message: 'The recorder ended without closing its recording' }

/** How it ended, for a manifest that does not say it yet. */
export interface FinalizeOptions extends Partial<RecordingEnd> {
  /** The spool of this machine: what dead takes left there is stored too. */
  readonly spoolDir?: string
  /** Told before the spool forgets what it held: if it throws, all is done again the next time. */
  readonly onClosed?: (stored: FinalizedRecording) => Promise<void>
}

/** What of a recording is stored and plays, over all takes and of each. */
export interface FinalizedRecording extends MediaFigures {
  readonly takes: Publication['takes']
}

/**
 * Closes the playlists and the manifest of a recording whose last recorder is gone, from what the store holds and what is
 * left in the spool, each segment in its place, and keeps out every recorder that may come back. Doing it twice changes
 * nothing. Errors: those of the store.
 */
export async function finalizeRecording(
  store: SegmentStore,
  recordingId: string,
  options: FinalizeOptions = {},
): Promise<FinalizedRecording> {
  await sealRecording(store, recordingId)
  const { spoolDir, onClosed } = options
  if (spoolDir === undefined) return await close(store, recordingId, options, NOTHING_FOUND)
  await using found = await recoverSegments({ store, spoolDir, recordingId })
  const closed = await close(store, recordingId, options, found)
  await onClosed?.(closed)
  await found.forget()
  return closed
}

interface Found {
  readonly takes: readonly SpooledTake[]
  readonly segments: readonly Omit<Segment, 'seq'>[]
}
const NOTHING_FOUND: Found = { takes: [], segments: [] }

async function close(
  store: SegmentStore,
  recordingId: string,
  end: FinalizeOptions,
  found: Found,
): Promise<FinalizedRecording> {
  const named = await loadSegments(store, recordingId)
  const targetDurationSec = named?.targetDurationSec ?? found.takes[0]?.targetDurationSec ?? 0
  const manifest = withTakes(await loadManifest(store, recordingId), found.takes)
  const rollingSec = manifest?.spec.rollingSec
  const publication = createPublication(
    {
      store,
      recordingId,
      targetDurationSec,
      ...(rollingSec && { rollingSec }),
      ...(named && { start: startOf(named) }),
    },
    [],
  )
  const merged = mergeSegments(named?.segments ?? [], found.segments)
  for (const segment of merged) if (!hasLeft(segment, named)) publication.add(segment)
  if (publication.last !== undefined) await publication.publish({ ended: true })
  if (manifest !== undefined) await storeManifest(store, closed(manifest, end, publication))
  return { ...publication.figures, takes: publication.takes }
}

/** A segment that was found too late: the playlists of a rolling recording have moved on behind it, and only move on. */
function hasLeft({ take, uri }: Omit<Segment, 'seq'>, named: StoredSegments | undefined): boolean {
  const first = named?.segments[0]
  if (first === undefined || first.seq === 0) return false
  const numberOf = (name: string) => parseSegmentUri(name)?.number ?? 0
  return take === first.take ? numberOf(uri) < numberOf(first.uri) : take < first.take
}

/** A take that could never reach the store is known by its folder in the spool alone. */
function withTakes(manifest: Manifest | undefined, takes: readonly SpooledTake[]): Manifest | undefined {
  const [first] = takes
  const whole = manifest ?? first?.manifest
  if (whole === undefined) return undefined
  const known = new Set(whole.takes.map(({ number }) => number))
  const missing = takes.flatMap((take) => take.manifest.takes).filter(({ number }) => !known.has(number))
  return { ...whole, takes: [...whole.takes, ...missing].sort((a, b) => a.number - b.number) }
}

function closed(manifest: Manifest, end: FinalizeOptions, stored: Publication): Manifest {
  const { state = 'failed', endedAt = new Date().toISOString(), error = LOST } = end
  return closeManifest(manifest, { state, endedAt, error }, stored)
}
