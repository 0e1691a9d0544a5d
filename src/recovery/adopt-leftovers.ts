import type { Publication } from '../archive/index.ts'
import { parseSegmentName } from '../archive/keys.ts'
import {
  claimFolder,
  forget,
  listSpoolFolders,
  readAdopted,
  type SpooledSegment,
  type SpoolFolder,
} from '../spool/index.ts'
import { delay } from '../timing/index.ts'
import { clearDeadTakes } from './clear-dead-takes.ts'

export interface AdoptOptions {
  readonly spoolDir: string
  readonly recordingId: string
  readonly take: number
  /** The folder into which adopted folders are moved. */
  readonly into: string
}

/** Earlier takes that were still at work when this one began, and its first picture's wall time, epoch milliseconds. */
export interface Overlap {
  readonly takes: ReadonlySet<number>
  readonly beganAtMs: number
}

/** A take that ends has 30 s to store what it has; one that still runs after that is not waited for. */
const PREDECESSOR_MS = 40_000
const POLL_MS = 100

/**
 * Resolves when no earlier take of this recording is at work on this machine, or after 40 s: two of them must not write
 * playlists at once. One that is stopped is not waited for.
 */
export async function waitForPredecessors(options: AdoptOptions, signal: AbortSignal): Promise<void> {
  const giveUpAtMs = performance.now() + PREDECESSOR_MS
  while (performance.now() < giveUpAtMs && !signal.aborted) {
    const folders = await listEarlier(options)
    if (!folders.some(({ life }) => life === 'running')) return
    await delay(POLL_MS, { signal })
  }
}

/**
 * The earlier takes of this machine that are at work now: only they may have recorded what this take records too. Everything of one
 * that is gone comes before, whatever the clock has done since.
 */
export async function takesAtWork(options: AdoptOptions): Promise<ReadonlySet<number>> {
  const folders = await listEarlier(options)
  return new Set(folders.filter(({ life }) => life !== 'gone').map(({ about }) => about.take))
}

/**
 * Adopts what dead takes of this recording left on this machine and no playlist names, in order. A segment whose place is behind
 * a later take's is left for the end: while players follow a recording, nothing is put in between. What an overlapping take
 * recorded since this one began is dropped: this one has it. Idempotent.
 */
export async function adoptLeftovers(
  options: AdoptOptions,
  { last }: Pick<Publication, 'last'>,
  { takes, beganAtMs }: Overlap,
): Promise<readonly SpooledSegment[]> {
  await clearDeadTakes(options.spoolDir, options.recordingId)
  for (const folder of await listEarlier(options)) {
    if (folder.life === 'gone' && folder.about.take >= (last?.take ?? 0)) await claimFolder(folder, options.into)
  }
  const found = await readAdopted(options.into)
  const isUseless = (segment: SpooledSegment): boolean =>
    isNamed(segment, last) || (takes.has(segment.take) && segment.programDateTimeMs >= beganAtMs)
  for (const segment of found) if (isUseless(segment)) await forget(segment)
  return found.filter((segment) => !isUseless(segment) && segment.take >= (last?.take ?? 0))
}

async function listEarlier({ spoolDir, recordingId, take }: AdoptOptions): Promise<readonly SpoolFolder[]> {
  return (await listSpoolFolders(spoolDir, recordingId)).filter(({ about }) => about.take < take)
}

/** True for a segment that a playlist names. A take's segments are published in order, so its newest one decides. */
function isNamed(segment: SpooledSegment, last: Publication['last']): boolean {
  return segment.take === last?.take && segment.number <= (parseSegmentName(last.uri)?.number ?? -1)
}
