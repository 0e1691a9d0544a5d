import { loadDeletion, loadManifest, type Manifest } from '../archive/index.ts'
import { findObject, folderKey, objectKey, splitKey } from '../archive/keys.ts'
import { loadHighlight, loadRecap } from '../highlights/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { buildRestoredRecord, NEVER_CLOSED } from './build-restored-record.ts'
import { finalizeRecording } from './finalize-recording.ts'
import type { Restorers, RowRestorer } from './restorers.ts'

export interface ReindexReport {
  readonly restored: number
  /** The database has a row of it, which wins. */
  readonly kept: number
  /** The recording may still run: something of it was stored a moment ago. */
  readonly running: number
  /** The recording was deleted and something of it is left: its deletion goes on. */
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

/**
 * Writes a row for each recording of the store that has none, from its `recording.json`, and for each clip and each recap, from
 * what lies beside its film, also where the recording was deleted and its highlights stay. Rows that are there stay as they are, also
 * those of what was deleted. A recording that was never closed is closed, so that its playlists end and no recorder goes on.
 * Idempotent. What has its row is not read, and no folder of segments.
 */
export async function reindex(
  store: SegmentStore,
  restorers: Restorers,
  options: ReindexOptions,
): Promise<ReindexReport> {
  return await new Reindexing(store, restorers, options).run()
}

type RecordingOutcome = 'restored' | 'kept' | 'running' | 'deleted' | 'unreadable'
type RowOutcome = keyof RowsReport

/** What the store has of one kind of row. */
interface RowsOfRecording<Row> {
  readonly ids: AsyncIterable<string>
  readonly load: (store: SegmentStore, ids: { id: string; recordingId: string }) => Promise<Row | undefined>
  readonly restorer: RowRestorer<Row>
}

/** One pass over the store, and what it counted. */
class Reindexing {
  readonly #store: SegmentStore
  readonly #restorers: Restorers
  readonly #options: ReindexOptions
  readonly #recordings: Record<RecordingOutcome, number> = {
    restored: 0,
    kept: 0,
    running: 0,
    deleted: 0,
    unreadable: 0,
  }
  readonly #highlights: Record<RowOutcome, number> = { restored: 0, kept: 0, unreadable: 0 }
  readonly #recaps: Record<RowOutcome, number> = { restored: 0, kept: 0, unreadable: 0 }

  constructor(store: SegmentStore, restorers: Restorers, options: ReindexOptions) {
    this.#store = store
    this.#restorers = restorers
    this.#options = options
  }

  async run(): Promise<ReindexReport> {
    for await (const id of this.#store.folders('')) {
      if (!id.startsWith('rec_')) continue
      const outcome = await this.#restoreRecording(id)
      if (outcome !== undefined) {
        this.#recordings[outcome] += 1
        this.#options.log(`${id}: ${outcome}`)
      }
      if (outcome !== 'running') await this.#restoreFilms(id)
    }
    return { ...this.#recordings, highlights: this.#highlights, recaps: this.#recaps }
  }

  /** Undefined when there is no recording, or no more: it has no manifest. */
  async #restoreRecording(id: string): Promise<RecordingOutcome | undefined> {
    if (await this.#restorers.recordings.knows(id)) return 'kept'
    const manifest = await loadManifest(this.#store, id).catch(() => 'unreadable' as const)
    if (manifest === undefined) return undefined
    if (manifest === 'unreadable' || manifest.id !== id) return 'unreadable'
    const { nowMs, dryRun } = this.#options
    const deletion = await loadDeletion(this.#store, id)
    const changedMs = (await this.#store.head(objectKey(id, 'live')))?.modifiedAt.getTime() ?? 0
    if (deletion === undefined && manifest.endedAt === null && nowMs - changedMs < QUIET_MS) return 'running'
    const outcome = deletion === undefined ? 'restored' : 'deleted'
    if (dryRun) return outcome
    const endedAt = manifest.endedAt ?? new Date(changedMs || Date.parse(manifest.createdAt)).toISOString()
    const closed = deletion === undefined ? await this.#close(manifest, endedAt) : manifest
    const record = buildRestoredRecord(closed, endedAt, deletion)
    return (await this.#restorers.recordings.restore(record)) ? outcome : 'kept'
  }

  async #close(manifest: Manifest, endedAt: string): Promise<Manifest> {
    if (manifest.endedAt !== null) return manifest
    await finalizeRecording(this.#store, manifest.id, { state: 'failed', endedAt, error: NEVER_CLOSED })
    return (await loadManifest(this.#store, manifest.id)) ?? manifest
  }

  async #restoreFilms(recordingId: string): Promise<void> {
    const { highlights, recaps } = this.#restorers
    const clips = {
      ids: this.#store.folders(folderKey(recordingId, 'highlights')),
      load: loadHighlight,
      restorer: highlights,
    }
    const films = { ids: recapIds(this.#store, recordingId), load: loadRecap, restorer: recaps }
    await this.#restoreRows(recordingId, clips, this.#highlights)
    await this.#restoreRows(recordingId, films, this.#recaps)
  }

  async #restoreRows<Row>(
    recordingId: string,
    { ids, load, restorer }: RowsOfRecording<Row>,
    counts: Record<RowOutcome, number>,
  ): Promise<void> {
    let known: ReadonlySet<string> | undefined
    for await (const id of ids) {
      known ??= await restorer.knownOf(recordingId)
      const outcome = known.has(id)
        ? 'kept'
        : await this.#restoreRow(await load(this.#store, { id, recordingId }).catch(() => undefined), restorer)
      counts[outcome] += 1
      if (outcome !== 'kept') this.#options.log(`${recordingId}: ${id}: ${outcome}`)
    }
  }

  async #restoreRow<Row>(row: Row | undefined, restorer: RowRestorer<Row>): Promise<RowOutcome> {
    if (row === undefined) return 'unreadable'
    return this.#options.dryRun || (await restorer.restore(row)) ? 'restored' : 'kept'
  }
}

/** Lists the ids of a recording's recaps, by their films. */
async function* recapIds(store: SegmentStore, recordingId: string): AsyncIterable<string> {
  for await (const { key } of store.list(folderKey(recordingId, 'recaps'))) {
    const found = findObject(splitKey(key).name)
    if (found?.kind === 'recap' && found.parts.recap !== undefined) yield found.parts.recap
  }
}
