import type { Layout, LayoutName, Recording, Source } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { useSession } from '../state/hooks.ts'
import { planLayout } from '../state/plan-layout.ts'
import { useAttempt } from '../state/use-attempt.ts'
import { LAYOUT_LABELS, LayoutGlyph } from './layout-glyph.tsx'

/** Every layout a person can choose; `custom` needs rectangles and belongs to the API. */
const CHOICES: readonly LayoutName[] = [
  'speaker',
  'grid',
  'side-by-side',
  'board',
  'single',
  'one-to-one',
  'small-class',
  'lecture',
  'dual-teacher',
]
const VIEWS = ['audience', 'presenter'] as const

/** Switches the layout of the running recording, at once. */
export function LayoutSwitcher({ recording }: { readonly recording: Recording }) {
  const [session] = useSession()
  const { error, attempt } = useAttempt()
  const { layout, sources } = recording
  const change = (wanted: Partial<Layout>) => {
    void attempt(() => session.keep((recordings) => recordings.setLayout(recording.id, planLayout(layout, wanted))))
  }
  return (
    <section class="panel" aria-labelledby="layout-title">
      <h2 id="layout-title">Layout</h2>
      <fieldset class="layouts" aria-labelledby="layout-title">
        {CHOICES.map((name) => (
          <button
            key={name}
            type="button"
            class="layout"
            aria-pressed={layout.name === name}
            onClick={() => change({ name })}
          >
            <LayoutGlyph name={name} />
            {LAYOUT_LABELS[name]}
          </button>
        ))}
      </fieldset>
      <LayoutOptions layout={layout} sources={sources} onChange={change} />
      {error ? <ErrorNote words={error} /> : null}
    </section>
  )
}

interface LayoutOptionsProps {
  readonly layout: Layout
  readonly sources: readonly Source[]
  readonly onChange: (wanted: Partial<Layout>) => void
}

function LayoutOptions({ layout, sources, onChange }: LayoutOptionsProps) {
  const onView = (value: string) => onChange({ view: VIEWS.find((view) => view === value) ?? 'audience' })
  return (
    <div class="layout-options">
      <label class="field-inline">
        In focus
        <select value={layout.focus ?? ''} onChange={(event) => onChange({ focus: event.currentTarget.value })}>
          <option value="">Whoever speaks</option>
          {sources.map((source) => (
            <option key={source.id} value={source.id}>
              {source.label}
            </option>
          ))}
        </select>
      </label>
      <label class="field-inline">
        Seen by
        <select value={layout.view ?? 'audience'} onChange={(event) => onView(event.currentTarget.value)}>
          <option value="audience">The audience</option>
          <option value="presenter">The presenter</option>
        </select>
      </label>
      <label class="field-inline">
        <input
          type="checkbox"
          checked={layout.labels ?? true}
          onChange={(event) => onChange({ labels: event.currentTarget.checked })}
        />
        Name labels
      </label>
    </div>
  )
}
