import { useEffect, useState } from 'preact/hooks'
import { after } from '../../src/timing/index.ts'
import { Icon } from '../parts/icons.tsx'
import type { GalleryFilter } from '../state/gallery.ts'
import { useSession } from '../state/hooks.ts'
import { titleOf } from '../state/recording-words.ts'
import { galleryLink } from '../state/route.ts'

/** The debounce of typing. */
const TYPING_MS = 250
/** The rooms of this many recordings are offered. */
const KNOWN_RECORDINGS = 100

/** Filters the gallery. The address bar holds the choice, so that it can be linked and survives a reload. */
export function GalleryFilters({ filter }: { readonly filter: GalleryFilter }) {
  const { rooms, names } = useKnown()
  const set = (change: GalleryFilter) => location.replace(galleryLink({ ...filter, ...change }))
  return (
    <search class="gallery-filters" aria-label="Filters">
      <TextFilter text={filter.text ?? ''} onText={(text) => set({ text })} />
      <ChoiceFilter label="Room" all="All rooms" value={filter.room} known={rooms} onChoice={(room) => set({ room })} />
      <ChoiceFilter label="Who" all="Everybody" value={filter.by} known={names} onChoice={(by) => set({ by })} />
      <DayFilter label="From" value={filter.since} onDay={(since) => set({ since })} />
      <DayFilter label="Until" value={filter.until} onDay={(until) => set({ until })} />
      <button
        type="button"
        class="chip"
        aria-pressed={filter.favourite === true}
        onClick={() => set({ favourite: filter.favourite !== true })}
      >
        <Icon name={filter.favourite ? 'heart' : 'heartLine'} /> Favourites
      </button>
      {filter.recording ? <RecordingChip id={filter.recording} onRemove={() => set({ recording: '' })} /> : null}
    </search>
  )
}

/** The rooms and the names that this page knows. */
function useKnown(): { readonly rooms: readonly string[]; readonly names: readonly string[] } {
  const [session, { library, gallery, arrival }] = useSession()
  useEffect(() => {
    session.loadPage({ limit: KNOWN_RECORDINGS }).catch(() => undefined)
    // `arrival` is a dependency: it loads again when the service is back.
  }, [session, arrival])
  const rooms = new Set([...library.values()].flatMap(({ room }) => room ?? []))
  const names = new Set([...gallery.highlights.values()].flatMap(({ by }) => by ?? []))
  return { rooms: [...rooms].sort(), names: [...names].sort() }
}

function TextFilter({ text, onText }: { readonly text: string; readonly onText: (text: string) => void }) {
  const [draft, setDraft] = useState(text)
  useEffect(() => setDraft(text), [text])
  useEffect(() => {
    if (draft.trim() === text) return
    const timer = after(TYPING_MS, () => onText(draft.trim()))
    return () => timer[Symbol.dispose]()
  }, [draft])
  return (
    <label class="search-field">
      <Icon name="search" />
      <input
        type="search"
        placeholder="Label"
        aria-label="Part of the label"
        maxLength={200}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
    </label>
  )
}

function ChoiceFilter(props: {
  readonly label: string
  readonly all: string
  readonly value: string | undefined
  readonly known: readonly string[]
  readonly onChoice: (value: string) => void
}) {
  const { value = '', known } = props
  const offered = value === '' || known.includes(value) ? known : [value, ...known]
  return (
    <select
      class={`chip chip-select${value === '' ? '' : ' chip-on'}`}
      aria-label={props.label}
      value={value}
      onChange={(event) => props.onChoice(event.currentTarget.value)}
    >
      <option value="">{props.all}</option>
      {offered.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  )
}

function DayFilter(props: {
  readonly label: string
  readonly value: string | undefined
  readonly onDay: (day: string) => void
}) {
  return (
    <label class={`chip chip-day${props.value ? ' chip-on' : ''}`}>
      {props.label}
      <input type="date" value={props.value ?? ''} onChange={(event) => props.onDay(event.currentTarget.value)} />
    </label>
  )
}

function RecordingChip({ id, onRemove }: { readonly id: string; readonly onRemove: () => void }) {
  const [, { library }] = useSession()
  const recording = library.get(id)
  return (
    <button type="button" class="chip chip-on" aria-label="Show highlights of all recordings" onClick={onRemove}>
      {recording ? titleOf(recording) : 'One recording'} <Icon name="close" />
    </button>
  )
}
