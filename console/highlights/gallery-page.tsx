import { useEffect, useState } from 'preact/hooks'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import type { GalleryFilter } from '../state/gallery.ts'
import { useNow, useRecordings, useSession } from '../state/hooks.ts'
import { isNarrowed } from '../state/route.ts'
import { GalleryEmpty } from './gallery-empty.tsx'
import { GalleryFilters } from './gallery-filters.tsx'
import { type Choice, HighlightCard } from './highlight-card.tsx'
import { RecapBuilder } from './recap-builder.tsx'
import { useGallery } from './use-gallery.ts'

/** All highlights, newest first, page by page; new ones and changes appear by themselves. */
export function GalleryPage({ filter }: { readonly filter: GalleryFilter }) {
  const { highlights, loading, error, more } = useGallery(filter)
  const [, { library, gallery }] = useSession()
  const choosing = useChoosing(highlights)
  const now = useNow(10_000)
  // The recordings of all known highlights, shown or not: the filter by room needs them.
  useRecordings([...gallery.highlights.values()].map(({ recordingId }) => recordingId))
  useEffect(() => {
    document.title = 'Highlights · Panorec'
  }, [])
  return (
    <div class="page">
      <div class="list-head">
        <h1>Highlights</h1>
        {highlights.length > 0 ? (
          <button type="button" class="button" aria-pressed={choosing.on} onClick={choosing.toggle}>
            <Icon name={choosing.on ? 'close' : 'film'} /> {choosing.on ? 'Cancel' : 'Make a recap'}
          </button>
        ) : null}
      </div>
      {loading || highlights.length > 0 || isNarrowed(filter) ? <GalleryFilters filter={filter} /> : null}
      {error ? <ErrorNote words={error} /> : null}
      {highlights.length > 0 ? (
        <ul class="cards" aria-label="Highlights">
          {highlights.map((highlight) => (
            <HighlightCard
              key={highlight.id}
              highlight={highlight}
              nowMs={now}
              recording={library.get(highlight.recordingId)}
              choice={choosing.choiceOf(highlight)}
            />
          ))}
        </ul>
      ) : null}
      {loading && highlights.length === 0 ? <CardsSkeleton /> : null}
      {!loading && !error && highlights.length === 0 ? <GalleryEmpty filter={filter} /> : null}
      {more ? (
        <button type="button" class="button more" disabled={loading} onClick={more}>
          {loading ? 'Loading …' : 'Show older highlights'}
        </button>
      ) : null}
      {choosing.on ? <ChoosingBar choosing={choosing} library={library} /> : null}
    </div>
  )
}

interface Choosing {
  readonly on: boolean
  readonly chosen: readonly Highlight[]
  readonly toggle: () => void
  readonly choiceOf: (highlight: Highlight) => Choice | undefined
}

/** The clips chosen for a film, in the order of choosing; all are of one recording. */
function useChoosing(highlights: readonly Highlight[]): Choosing {
  const [on, setOn] = useState(false)
  const [ids, setIds] = useState<readonly string[]>([])
  const chosen = ids.flatMap((id) => highlights.find((highlight) => highlight.id === id) ?? [])
  const refusalOf = (highlight: Highlight) => {
    if (highlight.state !== 'ready') return 'its clip is not ready'
    const other = chosen[0] !== undefined && chosen[0].recordingId !== highlight.recordingId
    return other ? 'a recap joins clips of one recording' : undefined
  }
  const flip = (id: string) =>
    setIds((before) => (before.includes(id) ? before.filter((known) => known !== id) : [...before, id]))
  return {
    on,
    chosen,
    toggle: () => {
      setOn(!on)
      setIds([])
    },
    choiceOf: (highlight) => {
      if (!on) return undefined
      const place = chosen.indexOf(highlight) + 1
      return { place: place || undefined, refusal: refusalOf(highlight), toggle: () => flip(highlight.id) }
    },
  }
}

function ChoosingBar(props: { readonly choosing: Choosing; readonly library: ReadonlyMap<string, Recording> }) {
  const { chosen, toggle } = props.choosing
  const [building, setBuilding] = useState(false)
  const [first] = chosen
  return (
    <section class="choosing" aria-label="Clips of the recap">
      <p role="status">
        {chosen.length === 0 ? 'Choose the clips, in the order of the film.' : `${clips(chosen.length)} chosen`}
      </p>
      <button type="button" class="button button-main" disabled={first === undefined} onClick={() => setBuilding(true)}>
        Continue
      </button>
      {building && first ? (
        <RecapBuilder
          highlights={chosen}
          recording={props.library.get(first.recordingId)}
          onClose={() => setBuilding(false)}
          onMade={toggle}
        />
      ) : null}
    </section>
  )
}

function clips(count: number): string {
  return count === 1 ? '1 clip' : `${count} clips`
}

function CardsSkeleton() {
  return (
    <div class="cards" aria-hidden="true">
      {[0, 1, 2, 3, 4, 5].map((card) => (
        <div key={card} class="card-skeleton">
          <div class="card-picture skeleton" />
          <div class="skeleton skeleton-line" />
        </div>
      ))}
    </div>
  )
}
