import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { Icon } from '../parts/icons.tsx'
import { setLabel } from '../state/highlight-calls.ts'
import { useSession } from '../state/hooks.ts'
import { useAttempt } from '../state/use-attempt.ts'

interface LabelFieldProps {
  readonly highlight: Highlight
  /** Earlier labels, given again with one press. */
  readonly labels: readonly string[]
  readonly field?: RefObject<HTMLInputElement | null>
  /** Called with the label that was given, or with none when it stays as it is. */
  readonly onDone: (label?: string) => void
}

/** Names a highlight that is kept already, so that nothing is lost while a person thinks of a word. */
export function LabelField({ highlight, labels, field, onDone }: LabelFieldProps) {
  const [session] = useSession()
  const [text, setText] = useState(highlight.label ?? '')
  const { error, attempt } = useAttempt()
  const save = async (label: string) => {
    if (label === (highlight.label ?? '')) return onDone()
    const given = label === '' ? undefined : label
    if (await attempt(() => setLabel(session, highlight.id, given ?? null))) onDone(given)
  }
  return (
    <form
      class="label-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save(text.trim())
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onDone()
      }}
    >
      <LabelInput text={text} onText={setText} {...(field ? { field } : {})} />
      <button type="submit" class="button">
        Save
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Leave the label as it is"
        title="Leave it"
        onClick={() => onDone()}
      >
        <Icon name="close" />
      </button>
      {labels.length > 0 ? <LabelChips labels={labels} onChoice={(label) => void save(label)} /> : null}
      {error ? (
        <span class="card-error" role="alert">
          {error}
        </span>
      ) : null}
    </form>
  )
}

interface LabelInputProps {
  readonly text: string
  readonly onText: (text: string) => void
  readonly field?: RefObject<HTMLInputElement | null>
}

function LabelInput({ text, onText, field }: LabelInputProps) {
  return (
    <input
      class="text"
      {...(field ? { ref: field } : {})}
      aria-label="Label of the highlight"
      title="Label (l)"
      placeholder="What was it?"
      maxLength={200}
      autocomplete="off"
      value={text}
      onInput={(event) => onText(event.currentTarget.value)}
    />
  )
}

function LabelChips(props: { readonly labels: readonly string[]; readonly onChoice: (label: string) => void }) {
  return (
    <span class="label-chips">
      {props.labels.map((label) => (
        <button key={label} type="button" class="chip" onClick={() => props.onChoice(label)}>
          {label}
        </button>
      ))}
    </span>
  )
}
