import { useCallback, useEffect, useState } from 'preact/hooks'
import { ErrorNote } from '../parts/error-note.tsx'
import { wordsOf } from '../state/api.ts'
import { useNow, useSession } from '../state/hooks.ts'
import { newestFirst } from '../state/library.ts'
import { matchesFilter, statesOf } from '../state/recording-words.ts'
import { FILTERS, type FilterName, listLink } from '../state/route.ts'
import { EmptyState } from './empty-state.tsx'
import { RecordingRow } from './recording-row.tsx'

const PAGE_SIZE = 20
const FILTER_LABELS: Readonly<Record<FilterName, string>> = {
  all: 'All',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
}

/** All recordings, newest first, page by page; new ones and changes appear by themselves. */
export function ListPage({ filter }: { readonly filter: FilterName }) {
  const { recordings, loading, error, more } = useList(filter)
  const now = useNow(10_000)
  useEffect(() => {
    document.title = 'Recordings · Panorec'
  }, [])
  return (
    <div class="page">
      <div class="list-head">
        <h1>Recordings</h1>
        <nav class="filters" aria-label="Show">
          {FILTERS.map((name) => (
            <a key={name} class="filter" href={listLink(name)} aria-current={name === filter ? 'page' : undefined}>
              {FILTER_LABELS[name]}
            </a>
          ))}
        </nav>
      </div>
      {error ? <ErrorNote words={error} /> : null}
      {recordings.length > 0 ? (
        <ul class="list">
          {recordings.map((recording) => (
            <RecordingRow key={recording.id} recording={recording} nowMs={now} />
          ))}
        </ul>
      ) : null}
      {loading && recordings.length === 0 ? <ListSkeleton /> : null}
      {!loading && !error && recordings.length === 0 ? <EmptyState filter={filter} /> : null}
      {more ? (
        <button type="button" class="button more" disabled={loading} onClick={more}>
          {loading ? 'Loading …' : 'Show older recordings'}
        </button>
      ) : null}
    </div>
  )
}

interface Page {
  /** Older ones than this are not loaded yet; empty when everything is. */
  readonly oldestId: string
  readonly nextCursor: string | null
}

function useList(filter: FilterName) {
  const [session, { library, arrival }] = useSession()
  const [page, setPage] = useState<Page>()
  const [loading, setLoading] = useState(true)
  const [error, setError] = useState<string>()
  const load = useCallback(
    async (cursor?: string) => {
      setLoading(true)
      try {
        const states = statesOf(filter)
        const query = { limit: PAGE_SIZE, ...(states ? { states } : {}), ...(cursor ? { cursor } : {}) }
        const loaded = await session.loadPage(query)
        const oldestId = loaded.nextCursor === null ? '' : (loaded.oldestId ?? '')
        setPage({ oldestId, nextCursor: loaded.nextCursor })
        setError(undefined)
      } catch (thrown) {
        setError(wordsOf(thrown))
      } finally {
        setLoading(false)
      }
    },
    [session, filter],
  )
  // `arrival` is a dependency: it loads again when the service is back.
  useEffect(() => void load(), [load, arrival])
  const recordings = newestFirst(library).filter(
    (recording) => matchesFilter(recording, filter) && page !== undefined && recording.id >= page.oldestId,
  )
  const cursor = page?.nextCursor ?? undefined
  return { recordings, loading, error, more: cursor === undefined ? undefined : () => void load(cursor) }
}

function ListSkeleton() {
  return (
    <div class="list" aria-hidden="true">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} class="row skeleton" />
      ))}
    </div>
  )
}
