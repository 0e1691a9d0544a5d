import { AppError } from '../../protocol/index.ts'
import type { RecordingRecord } from '../../recording/index.ts'
import type { recordings } from './schema.ts'

/** The columns that never change. */
export function fixedColumns(record: RecordingRecord) {
  return {
    id: record.id,
    room: record.spec.room ?? null,
    metadata: record.spec.metadata ?? {},
    createdAt: new Date(record.createdAt),
    spec: record.spec,
    traceId: record.traceId,
  }
}

/** The columns that a change writes anew. */
export function changingColumns(record: RecordingRecord) {
  return {
    state: record.state,
    startedAt: record.startedAt === null ? null : new Date(record.startedAt),
    pausedAt: record.pausedAt === null ? null : new Date(record.pausedAt),
    endedAt: record.endedAt === null ? null : new Date(record.endedAt),
    layout: record.layout,
    sources: record.sources,
    takes: record.takes,
    stats: record.stats,
    error: record.error,
    deletion: record.deletion ?? null,
    expiresAt: expiryOf(record),
  }
}

/** When its own `retention.maxAgeSec` expires; null while it runs, and where the default decides. */
function expiryOf({ endedAt, spec }: RecordingRecord): Date | null {
  const ageSec = spec.retention?.maxAgeSec
  return endedAt === null || ageSec === undefined ? null : new Date(Date.parse(endedAt) + ageSec * 1000)
}

/** Throws `recording.not-found` where there is no row. */
export function toRecord(id: string, row: typeof recordings.$inferSelect | undefined): RecordingRecord {
  if (row === undefined) {
    throw new AppError('recording.not-found', `There is no recording ${JSON.stringify(id)}.`, { received: id })
  }
  return {
    id: row.id,
    state: row.state,
    spec: row.spec,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    pausedAt: row.pausedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    layout: row.layout,
    sources: row.sources,
    takes: row.takes,
    stats: row.stats,
    error: row.error,
    traceId: row.traceId,
  }
}
