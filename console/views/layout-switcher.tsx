import { useState } from 'preact/hooks'
import type { Layout, LayoutName, Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { wordsOf } from '../state/api.ts'
import { useSession } from '../state/hooks.ts'
import { planLayout } from '../state/plan-layout.ts'
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

/** Switches what is drawn, at once, in the running recording. */
export function LayoutSwitcher({ recording }: { readonly recording: Recording }) {
  const [session] = useSession()
  const [error, setError] = useState<string>()
  const { layout, sources } = recording
  const change = async (wanted: Partial<Layout>) => {
    try {
      await session.keep((recordings) => recordings.setLayout(recording.id, planLayout(layout, wanted)))
      setError(undefined)
    } catch (thrown) {
      setError(wordsOf(thrown))
    }
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
      <div class="layout-options">
        <label class="field-inline">
          In focus
          <select value={layout.focus ?? ''} onChange={(event) => change({ focus: event.currentTarget.value })}>
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
          <select
            value={layout.view ?? 'audience'}
            onChange={(event) =>
              change({ view: VIEWS.find((view) => view === event.currentTarget.value) ?? 'audience' })
            }
          >
            <option value="audience">The audience</option>
            <option value="presenter">The presenter</option>
          </select>
        </label>
        <label class="field-inline">
          <input
            type="checkbox"
            checked={layout.labels ?? true}
            onChange={(event) => change({ labels: event.currentTarget.checked })}
          />
          Name labels
        </label>
      </div>
      {error ? <ErrorNote words={error} /> : null}
    </section>
  )
}
