import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { DEFAULT_POST_SEC, DEFAULT_PRE_SEC } from '../../src/protocol/index.ts'
import { cleanOptions, type HighlightOptions } from '../state/highlight-options.ts'
import type { Trigger } from './use-trigger.ts'

/** The settings of the next highlights, remembered on this device. */
export function TriggerOptions({ trigger, onClose }: { readonly trigger: Trigger; readonly onClose: () => void }) {
  const { options, changeOptions } = trigger
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const change = (name: keyof HighlightOptions) => (value: number | string) =>
    changeOptions((before) => cleanOptions({ ...before, [name]: value }))
  return (
    <form
      class="trigger-options"
      aria-label="The next highlights"
      onSubmit={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <SecondsField
        label="Seconds before"
        byDefault={DEFAULT_PRE_SEC}
        value={options.preSec}
        onChange={change('preSec')}
        field={first}
      />
      <SecondsField
        label="Seconds after"
        byDefault={DEFAULT_POST_SEC}
        value={options.postSec}
        onChange={change('postSec')}
      />
      <label class="field">
        Label of each
        <input
          maxLength={200}
          placeholder="none"
          {...useDraft(options.label ?? '', ({ value }) => change('label')(value))}
        />
      </label>
      <label class="field">
        Your name
        <input
          maxLength={128}
          autocomplete="name"
          placeholder="not told"
          {...useDraft(options.by ?? '', ({ value }) => change('by')(value))}
        />
      </label>
      <button type="submit" class="button">
        Done
      </button>
    </form>
  )
}

interface SecondsFieldProps {
  readonly label: string
  /** What counts while the field is empty. */
  readonly byDefault: number
  readonly value: number | undefined
  readonly onChange: (sec: number) => void
  readonly field?: RefObject<HTMLInputElement | null>
}

function SecondsField({ label, byDefault, value, onChange, field }: SecondsFieldProps) {
  return (
    <label class="field">
      {label}
      <input
        {...(field ? { ref: field } : {})}
        type="number"
        min="0"
        max="600"
        step="any"
        inputMode="numeric"
        placeholder={`${byDefault}`}
        {...useDraft(`${value ?? ''}`, ({ valueAsNumber }) => onChange(valueAsNumber))}
      />
    </label>
  )
}

/**
 * The attributes of a field whose value counts once it is left. What is typed until then stays, however often the page is drawn
 * meanwhile: while a class runs, that is each second.
 */
function useDraft(value: string, commit: (field: HTMLInputElement) => void) {
  const [draft, setDraft] = useState<string>()
  return {
    value: draft ?? value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => setDraft(event.currentTarget.value),
    onChange: (event: { readonly currentTarget: HTMLInputElement }) => {
      commit(event.currentTarget)
      setDraft(undefined)
    },
  }
}
