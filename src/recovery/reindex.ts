import { loadDeletion, loadManifest, type Manifest } from '../archive/index.ts'
import { findObject, folderKey, objectKey, splitKey } from '../archive/keys.ts'
import { loadHighlight, loadRecap } from '../highlights/index.ts'
import type { ErrorInfo, RecordingSpec } from '../protocol/index.ts'
import type { Deletion, RecordingRecord } from '../recording/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { finalizeRecording } from './finalize-recording.ts'
import type { Restorers, RowRestorer } from './restorers.ts'

export interface ReindexReport {
  readonly restored: number
  /** The database has a row of it, which knows better. */
  readonly kept: number
  /** It may still run: something of it was stored a moment ago. */
  readonly running: number
  /** Something of it is there though it was deleted: its deletion goes on. */
  readonly deleted: number
  readonly unreadable: number
  /** Clips that are ready; `unreadable` has no whole `highlight.json` of one. */
  readonly highlights: RowsReport
  /** Films that are ready; `unreadable` has no whole row beside it. */
  readonly recaps: RowsReport
}

interface RowsReport {
  readonly restored: number
  readonly kept: number
  readonly unreadable: number
}

export interface ReindexOptions {
  readonly dryRun: boolean
  readonly log: (line: string) => void
  readonly nowMs: number
}

/** A running recording writes its playlists every few seconds; one whose store is away may be silent for longer. */
const QUIET_MS = 10 * 60_000
const LOST: ErrorInfo = {
  code: 'recorder.lost',
  message: 'The recording was never closed; its row was restored from the store.',
}

/**
 * Writes a row for each recording of the store that has none, from its `recording.json`, and for each clip and each recap, from
 * what lies beside its film, also where the recording was deleted and its highlights stay. Rows that are there stay as they are, also
 * those of what was deleted. A recording that was never closed is closed, so that its playlists end and no recorder goes on.
 * Doing it twice changes nothing. What has its row is not read, and no folder of segments.
 */
export async function reindex(
  store: SegmentStore,
  restorers: Restorers,
  { dryRun, log, nowMs }: ReindexOptions,
): Promise<ReindexReport> {
  const report = { restored: 0, kept: 0, running: 0, deleted: 0, unreadable: 0 }
  const highlights = { restored: 0, kept: 0, unreadable: 0 }
  const recaps = { restored: 0, kept: 0, unreadable: 0 }
  for await (const id of store.folders('')) {
    if (!id.startsWith('rec_')) continue
    const outcome = await restoreRecording(id)
    if (outcome !== undefined) {
      report[outcome] += 1
      log(`${id}: ${outcome}`)
    }
    if (outcome === 'running') continue
    const clips = {
      ids: store.folders(folderKey(id, 'highlights')),
      load: loadHighlight,
      restorer: restorers.highlights,
    }
    const films = { ids: filmsOf(store, id), load: loadRecap, restorer: restorers.recaps }
    await restoreRows(id, clips, highlights)
    await restoreRows(id, films, recaps)
  }
  return { ...report, highlights, recaps }

  /** Undefined when there is no recording, or no more: it has no manifest. */
  async function restoreRecording(id: string): Promise<keyof typeof report | undefined> {
    if (await restorers.recordings.knows(id)) return 'kept'
    const manifest = await loadManifest(store, id).catch(() => 'unreadable' as const)
    if (manifest === undefined) return undefined
    if (manifest === 'unreadable' || manifest.id !== id) return 'unreadable'
    const deletion = await loadDeletion(store, id)
    const changedMs = (await store.head(objectKey(id, 'live')))?.modifiedAt.getTime() ?? 0
    if (deletion === undefined && manifest.endedAt === null && nowMs - changedMs < QUIET_MS) return 'running'
    const outcome = deletion === undefined ? 'restored' : 'deleted'
    if (dryRun) return outcome
    const endedAt = manifest.endedAt ?? new Date(changedMs || Date.parse(manifest.createdAt)).toISOString()
    const closed = deletion === undefined ? await close(manifest, endedAt) : manifest
    return (await restorers.recordings.restore(recordOf(closed, endedAt, deletion))) ? outcome : 'kept'
  }

  async function close(manifest: Manifest, endedAt: string): Promise<Manifest> {
    if (manifest.endedAt !== null) return manifest
    await finalizeRecording(store, manifest.id, { state: 'failed', endedAt, error: LOST })
    return (await loadManifest(store, manifest.id)) ?? manifest
  }

  async function restoreRows<Row>(
    recordingId: string,
    { ids, load, restorer }: RowsOfRecording<Row>,
    counts: Record<keyof RowsReport, number>,
  ): Promise<void> {
    let known: ReadonlySet<string> | undefined
    for await (const id of ids) {
      known ??= await restorer.knownOf(recordingId)
      const outcome = known.has(id)
        ? 'kept'
        : await restoreRow(await load(store, { id, recordingId }).catch(() => undefined), restorer)
      counts[outcome] += 1
      if (outcome !== 'kept') log(`${recordingId}: ${id}: ${outcome}`)
    }
  }

  async function restoreRow<Row>(row: Row | undefined, restorer: RowRestorer<Row>): Promise<keyof RowsReport> {
    if (row === undefined) return 'unreadable'
    return dryRun || (await restorer.restore(row)) ? 'restored' : 'kept'
  }
}

/** What the store has of one kind. */
interface RowsOfRecording<Row> {
  readonly ids: AsyncIterable<string>
  readonly load: (store: SegmentStore, ids: { id: string; recordingId: string }) => Promise<Row | undefined>
  readonly restorer: RowRestorer<Row>
}

/** The ids of a recording's recaps, by their films. */
async function* filmsOf(store: SegmentStore, recordingId: string): AsyncIterable<string> {
  for await (const { key } of store.list(folderKey(recordingId, 'recaps'))) {
    const found = findObject(splitKey(key).name)
    if (found?.kind === 'recap' && found.parts.recap !== undefined) yield found.parts.recap
  }
}

/** The row of a recording that has ended. */
function recordOf(manifest: Manifest, endedAt: string, deletion: Deletion | undefined): RecordingRecord {
  const { id, traceId, createdAt, startedAt, spec } = manifest
  const { room, sources, layout, video, audio, segmentSec, highlights, maxDurationSec, metadata } = spec
  return {
    id,
    traceId,
    createdAt,
    startedAt,
    pausedAt: null,
    endedAt,
    state: manifest.endedAt !== null && manifest.state === 'completed' ? 'completed' : 'failed',
    error: manifest.endedAt === null ? LOST : manifest.error,
    layout,
    stats: null,
    spec: {
      ...(room !== null && { room }),
      sources: [...sources],
      layout,
      video,
      audio,
      segmentSec,
      highlights: { ...highlights, rules: [...highlights.rules] },
      maxDurationSec,
      ...retentionOf(spec),
      metadata,
    },
    sources: sources.map((source) => ({ spec: source, state: 'ended', since: endedAt, error: null })),
    takes: manifest.takes.map((take) => ({
      ...take,
      endedAt: take.endedAt ?? endedAt,
      firstPictureAt: take.segments > 0 ? take.startedAt : null,
      aliveAt: take.endedAt ?? endedAt,
    })),
    ...(deletion && { deletion }),
  }
}

function retentionOf({ rollingSec, maxAgeSec }: Manifest['spec']): Pick<RecordingSpec, 'retention'> {
  if (rollingSec === undefined && maxAgeSec === undefined) return {}
  return {
    retention: { ...(rollingSec !== undefined && { rollingSec }), ...(maxAgeSec !== undefined && { maxAgeSec }) },
  }
}
