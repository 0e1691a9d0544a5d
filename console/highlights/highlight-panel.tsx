import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { after } from '../../src/timing/index.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { Icon } from '../parts/icons.tsx'
import { rememberLabel } from '../state/highlight-options.ts'
import { useKeys, useNow } from '../state/hooks.ts'
import { isKeyFor } from '../state/keys.ts'
import { galleryLink } from '../state/route.ts'
import { HighlightCard } from './highlight-card.tsx'
import { LabelField } from './label-field.tsx'
import { TriggerOptions } from './trigger-options.tsx'
import type { Trigger } from './use-trigger.ts'

/** How long the button confirms a press. */
const CONFIRM_MS = 1400
const SHOWN_CARDS = 12

interface HighlightPanelProps {
  readonly recording: Recording
  readonly trigger: Trigger
  readonly highlights: readonly Highlight[]
}

/** The button that keeps a moment of a class, and the cards of the moments that were kept. */
export function HighlightPanel({ recording, trigger, highlights }: HighlightPanelProps) {
  const panel = useRef<HTMLElement>(null)
  const label = useRef<HTMLInputElement>(null)
  const [confirmed, confirm] = useConfirmation()
  const press = () => {
    trigger.press()
    confirm()
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
        <TriggerArea trigger={trigger} highlights={highlights} label={label}>
          <TriggerButton moment={trigger.moment} confirmed={confirmed} onPress={press} />
        </TriggerArea>
      ) : null}
      {trigger.error ? <ErrorNote words={trigger.error} /> : null}
      <Strip trigger={trigger} highlights={highlights} />
    </section>
  )
}

interface TriggerAreaProps {
  readonly trigger: Trigger
  readonly highlights: readonly Highlight[]
  /** Set to the field that names the last highlight. */
  readonly label: RefObject<HTMLInputElement | null>
  readonly children: ComponentChildren
}

/** The trigger button with its options, and the field that names the last highlight. */
function TriggerArea({ trigger, highlights, label, children }: TriggerAreaProps) {
  const [optionsOpen, setOptionsOpen] = useState(false)
  const [unlabelled, dismiss] = useUnlabelled(trigger, highlights)
  const optionsButton = useRef<HTMLButtonElement>(null)
  const closeOptions = () => {
    setOptionsOpen(false)
    optionsButton.current?.focus()
  }
  const onLabelled = (given?: string) => {
    if (given !== undefined) trigger.changeOptions((before) => rememberLabel(before, given))
    dismiss()
  }
  return (
    <div class="trigger">
      {optionsOpen ? <TriggerOptions trigger={trigger} onClose={closeOptions} /> : null}
      {unlabelled ? (
        <LabelField
          key={unlabelled.id}
          highlight={unlabelled}
          labels={trigger.options.labels}
          field={label}
          onDone={onLabelled}
        />
      ) : null}
      <div class="trigger-row">
        {children}
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

/** The highlight of the last press while it has no label, and the function that dismisses the question for one. */
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
    const timer = after(CONFIRM_MS, () => setCount(0))
    return () => timer[Symbol.dispose]()
  }, [count])
  return [count > 0, () => setCount(count + 1)]
}
