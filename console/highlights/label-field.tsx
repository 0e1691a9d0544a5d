import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { Icon } from '../parts/icons.tsx'
import { wordsOf } from '../state/api.ts'
import { setLabel } from '../state/highlight-calls.ts'
import { useSession } from '../state/hooks.ts'

/** Names a moment that is kept already: nothing is lost while somebody thinks of a word. */
export function LabelField(props: {
  readonly highlight: Highlight
  /** Earlier labels, given again with one press. */
  readonly labels: readonly string[]
  readonly field?: RefObject<HTMLInputElement | null>
  /** With the label that was given, or with none when it is to stay as it is. */
  readonly onDone: (label?: string) => void
}) {
  const [session] = useSession()
  const [text, setText] = useState(props.highlight.label ?? '')
  const [error, setError] = useState<string>()
  const save = async (label: string) => {
    if (label === (props.highlight.label ?? '')) return props.onDone()
    try {
      await setLabel(session, props.highlight.id, label === '' ? null : label)
      props.onDone(label === '' ? undefined : label)
    } catch (thrown) {
      setError(wordsOf(thrown))
    }
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
        props.onDone()
      }}
    >
      <input
        class="text"
        {...(props.field ? { ref: props.field } : {})}
        aria-label="Label of the highlight"
        title="Label (l)"
        placeholder="What was it?"
        maxLength={200}
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        Save
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Leave the label as it is"
        title="Leave it"
        onClick={() => props.onDone()}
      >
        <Icon name="close" />
      </button>
      {props.labels.length > 0 ? (
        <span class="label-chips">
          {props.labels.map((label) => (
            <button key={label} type="button" class="chip" onClick={() => void save(label)}>
              {label}
            </button>
          ))}
        </span>
      ) : null}
      {error ? (
        <span class="card-error" role="alert">
          {error}
        </span>
      ) : null}
    </form>
  )
}
