import { useEffect, useRef, useState } from 'preact/hooks'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { isKeyFor } from '../player/keys.ts'
import { rememberLabel } from '../state/highlight-options.ts'
import { useKeys, useNow } from '../state/hooks.ts'
import { galleryLink } from '../state/route.ts'
import { HighlightCard } from './highlight-card.tsx'
import { LabelField } from './label-field.tsx'
import { TriggerOptions } from './trigger-options.tsx'
import type { Trigger } from './use-trigger.ts'

/** The button says that it was pressed for this long. */
const CONFIRM_MS = 1400
const SHOWN_CARDS = 12

/** The button that keeps a moment of a class, and what became of the moments that were kept. */
export function HighlightPanel(props: {
  readonly recording: Recording
  readonly trigger: Trigger
  readonly highlights: readonly Highlight[]
}) {
  const { recording, trigger, highlights } = props
  const [optionsOpen, setOptionsOpen] = useState(false)
  const [unlabelled, forget] = useUnlabelled(trigger, highlights)
  const panel = useRef<HTMLElement>(null)
  const label = useRef<HTMLInputElement>(null)
  const optionsButton = useRef<HTMLButtonElement>(null)
  const [confirmed, confirm] = useConfirmation()
  const press = () => {
    trigger.press()
    confirm()
  }
  const closeOptions = () => {
    setOptionsOpen(false)
    optionsButton.current?.focus()
  }
  useKeys((event) => {
    if (panel.current === null || !isKeyFor(event, panel.current) || event.repeat) return
    if (event.key.toLowerCase() === 'h' && trigger.moment !== undefined) press()
    else if (event.key.toLowerCase() === 'l' && label.current !== null) label.current.focus()
    else return
    event.preventDefault()
  })
  return (
    <section class="panel highlights" aria-labelledby="highlights-title" ref={panel}>
      <div class="panel-head">
        <h2 id="highlights-title">Highlights</h2>
        {highlights.length > 0 ? <a href={galleryLink({ recording: recording.id })}>Show all</a> : null}
      </div>
      {trigger.moment ? (
        <div class="trigger">
          {optionsOpen ? <TriggerOptions trigger={trigger} onClose={closeOptions} /> : null}
          {unlabelled ? (
            <LabelField
              key={unlabelled.id}
              highlight={unlabelled}
              labels={trigger.options.labels}
              field={label}
              onDone={(given) => {
                if (given !== undefined) trigger.changeOptions((before) => rememberLabel(before, given))
                forget()
              }}
            />
          ) : null}
          <div class="trigger-row">
            <TriggerButton moment={trigger.moment} confirmed={confirmed} onPress={press} />
            <button
              ref={optionsButton}
              type="button"
              class="button trigger-options-button"
              aria-expanded={optionsOpen}
              aria-label="What is kept before and after the moment"
              title="What is kept before and after the moment"
              onClick={() => setOptionsOpen(!optionsOpen)}
            >
              <Icon name="options" />
            </button>
          </div>
        </div>
      ) : null}
      {trigger.error ? <ErrorNote words={trigger.error} /> : null}
      <Strip trigger={trigger} highlights={highlights} />
    </section>
  )
}

function TriggerButton(props: {
  readonly moment: 'now' | 'shown'
  readonly confirmed: boolean
  readonly onPress: () => void
}) {
  const words = props.moment === 'now' ? 'Highlight' : 'Highlight this moment'
  return (
    <button
      type="button"
      class={`trigger-button${props.confirmed ? ' trigger-confirmed' : ''}`}
      aria-keyshortcuts="h"
      onClick={props.onPress}
    >
      <Icon name={props.confirmed ? 'check' : 'spark'} />
      <span role="status">{props.confirmed ? 'Kept' : words}</span>
      <span class="key" aria-hidden="true">
        h
      </span>
    </button>
  )
}

function Strip({ trigger, highlights }: { readonly trigger: Trigger; readonly highlights: readonly Highlight[] }) {
  const now = useNow(10_000)
  const list = useRef<HTMLUListElement>(null)
  const newest = trigger.pending[0] ?? highlights[0]?.id
  useEffect(() => {
    if (list.current !== null) list.current.scrollLeft = 0
  }, [newest])
  if (trigger.pending.length + highlights.length === 0) {
    return (
      <p class="quiet">
        {trigger.moment === 'now'
          ? 'Press the button when something happens: the seconds before it are kept too.'
          : 'No moment of this recording is kept yet.'}
      </p>
    )
  }
  return (
    <ul class="strip" ref={list} aria-label="Highlights of this recording">
      {trigger.pending.map((press) => (
        <li key={press} class="card" data-state="sending">
          <div class="card-picture">
            <span class="progress">
              <Icon name="check" />
              Keeping the moment …
            </span>
          </div>
        </li>
      ))}
      {highlights.slice(0, SHOWN_CARDS).map((highlight) => (
        <HighlightCard key={highlight.id} highlight={highlight} nowMs={now} />
      ))}
    </ul>
  )
}

/** The highlight of the last press while it has no label and nobody said that it needs none. */
function useUnlabelled(trigger: Trigger, highlights: readonly Highlight[]) {
  const [done, setDone] = useState<string>()
  const latest = highlights.find(({ id }) => id === trigger.latestId)
  const open = latest !== undefined && latest.id !== done && (latest.label === null || latest.label === undefined)
  return [open ? latest : undefined, () => setDone(latest?.id)] as const
}

function useConfirmation(): readonly [boolean, () => void] {
  const [count, setCount] = useState(0)
  useEffect(() => {
    if (count === 0) return
    const timer = setTimeout(() => setCount(0), CONFIRM_MS)
    return () => clearTimeout(timer)
  }, [count])
  return [count > 0, () => setCount(count + 1)]
}
