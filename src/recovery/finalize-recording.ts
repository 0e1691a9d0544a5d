import {
  closeManifest,
  createPublication,
  type FinalizeLock,
  getText,
  type KeptLog,
  loadManifest,
  loadSegments,
  type Manifest,
  mergeSignals,
  type Publication,
  putText,
  type RecordingEnd,
  type StoredSegments,
  sealRecording,
  startOf,
  storeManifest,
  takeFinalizeLock,
} from '../archive/index.ts'
import { objectKey, parseSegmentName } from '../archive/keys.ts'
import { leaveOutDoubles, mergeSegments, type Segment } from '../playlist/index.ts'
import { AppError, type ErrorInfo } from '../protocol/index.ts'
import type { StoredTakes } from '../recording/record.ts'
import type { SpooledTake } from '../spool/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { delay, RETRY_POLICIES, retry } from '../timing/index.ts'
import { recoverSegments } from './recover-segments.ts'

const LOST: ErrorInfo = { code: 'recorder.lost', message: 'The recorder ended without closing its recording' }

/** The recording's end, for a manifest that does not say it yet. */
export interface FinalizeOptions extends Partial<RecordingEnd> {
  /** The spool of this machine: what dead takes left there is stored too. */
  readonly spoolDir?: string
  /** Called before the spool forgets what it held: if it throws, all is done again the next time. */
  readonly onClosed?: (stored: StoredTakes) => Promise<void>
}

/** Another host that read the lock just before this one took it has written by then. */
const OTHER_WRITER_MS = 1_000

/**
 * Closes the playlists and the manifest of a recording whose last recorder is gone, from what the store holds and what is
 * left in the spool, each segment in its place, and keeps out every recorder that may come back. Idempotent,
 * and when two hosts do it at once nothing of either is lost. Errors: those of the store.
 */
export async function finalizeRecording(
  store: SegmentStore,
  recordingId: string,
  options: FinalizeOptions = {},
): Promise<StoredTakes> {
  await sealRecording(store, recordingId)
  const { spoolDir, onClosed } = options
  if (spoolDir === undefined) return await closeInTurn({ store, recordingId, end: options, found: NOTHING_FOUND })
  const choose = async (found: readonly Unplaced[]) =>
    leaveOutDoubles((await loadSegments(store, recordingId))?.segments ?? [], found)
  await using found = await recoverSegments({ store, spoolDir, recordingId, choose })
  const closed = await closeInTurn({ store, recordingId, end: options, found })
  await onClosed?.(closed)
  await found.forget()
  return closed
}

type Unplaced = Omit<Segment, 'seq'>

interface Found {
  readonly takes: readonly SpooledTake[]
  readonly segments: readonly Unplaced[]
  readonly signals: readonly KeptLog[]
}
const NOTHING_FOUND: Found = { takes: [], segments: [], signals: [] }

interface Closing {
  readonly store: SegmentStore
  readonly recordingId: string
  readonly end: FinalizeOptions
  readonly found: Found
}

/** Closes it again when another host has closed it meanwhile with what that one knew. */
async function closeInTurn(closing: Closing): Promise<StoredTakes> {
  const { store, recordingId } = closing
  const contended = new AppError(
    'store.unavailable',
    `Another host closes ${recordingId} at the same time; it is tried again`,
  )
  const closeOnce = async (): Promise<StoredTakes> => {
    const lock = await takeFinalizeLock(store, recordingId)
    const closed = await close(closing, lock)
    if (closed === undefined || !(await lock.holds()) || !(await isNamed(closing))) throw contended
    await lock.end()
    return closed
  }
  const isWorthIt = (error: AppError): boolean => error === contended
  return await retry(closeOnce, { policy: RETRY_POLICIES.contendedClose, isWorthIt })
}

/** True when the playlists name what was found: only then the spool may forget it. */
async function isNamed({ store, recordingId, found }: Closing): Promise<boolean> {
  if (found.segments.length === 0) return true
  await delay(OTHER_WRITER_MS)
  const named = await loadSegments(store, recordingId)
  const uris = new Set(named?.segments.map(({ uri }) => uri))
  return found.segments.every((segment) => uris.has(segment.uri) || hasLeft(segment, named))
}

/** Undefined, and nothing is written, when another host has the lock. */
async function close(closing: Closing, lock: FinalizeLock): Promise<StoredTakes | undefined> {
  const { store, recordingId, end, found } = closing
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
  if (!(await lock.holds())) return undefined
  if (publication.last !== undefined) await publication.publish({ ended: true })
  if (found.signals.length > 0) await storeSignals(closing, publication)
  if (manifest !== undefined) await storeManifest(store, closed(manifest, end, publication.stored))
  return publication.stored
}

/** Appends the signals that dead takes had kept to those that the store has. */
async function storeSignals({ store, recordingId, found }: Closing, publication: Publication): Promise<void> {
  const key = objectKey(recordingId, 'signals')
  const text = (await getText(store, key)) ?? ''
  const whole = mergeSignals(text, found.signals, publication.timelineBeforeSec)
  if (whole !== text) await putText(store, key, whole)
}

/** True for a segment that was found too late: the playlists of a rolling recording have moved past it, and never move back. */
function hasLeft({ take, uri }: Omit<Segment, 'seq'>, named: StoredSegments | undefined): boolean {
  const first = named?.segments[0]
  if (first === undefined || first.seq === 0) return false
  const numberOf = (name: string) => parseSegmentName(name)?.number ?? 0
  return take === first.take ? numberOf(uri) < numberOf(first.uri) : take < first.take
}

/** Adds takes that could never reach the store: only their folders in the spool know of them. */
function withTakes(manifest: Manifest | undefined, takes: readonly SpooledTake[]): Manifest | undefined {
  const [first] = takes
  const whole = manifest ?? first?.manifest
  if (whole === undefined) return undefined
  const known = new Set(whole.takes.map(({ number }) => number))
  const missing = takes.flatMap((take) => take.manifest.takes).filter(({ number }) => !known.has(number))
  return { ...whole, takes: [...whole.takes, ...missing].sort((a, b) => a.number - b.number) }
}

function closed(manifest: Manifest, end: FinalizeOptions, stored: StoredTakes): Manifest {
  const { state = 'failed', endedAt = new Date().toISOString(), error = LOST } = end
  return closeManifest(manifest, { state, endedAt, error }, stored)
}
