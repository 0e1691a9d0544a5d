import { useEffect, useRef } from 'preact/hooks'
import { DEFAULT_POST_SEC, DEFAULT_PRE_SEC } from '../../src/protocol/index.ts'
import { cleanOptions } from '../state/highlight-options.ts'
import type { Trigger } from './use-trigger.ts'

/** What the next highlights are made of; remembered on this device. */
export function TriggerOptions({ trigger, onClose }: { readonly trigger: Trigger; readonly onClose: () => void }) {
  const { options, changeOptions } = trigger
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const change = (name: 'preSec' | 'postSec' | 'label' | 'by', value: number | string) =>
    changeOptions((before) => cleanOptions({ ...before, [name]: value }))
  const numberOf = (event: { readonly currentTarget: HTMLInputElement }) => event.currentTarget.valueAsNumber
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
      <label class="field">
        Seconds before
        <input
          ref={first}
          type="number"
          min="0"
          max="600"
          step="any"
          inputMode="numeric"
          placeholder={`${DEFAULT_PRE_SEC}`}
          value={options.preSec ?? ''}
          onChange={(event) => change('preSec', numberOf(event))}
        />
      </label>
      <label class="field">
        Seconds after
        <input
          type="number"
          min="0"
          max="600"
          step="any"
          inputMode="numeric"
          placeholder={`${DEFAULT_POST_SEC}`}
          value={options.postSec ?? ''}
          onChange={(event) => change('postSec', numberOf(event))}
        />
      </label>
      <label class="field">
        Label of each
        <input
          maxLength={200}
          placeholder="none"
          value={options.label ?? ''}
          onChange={(event) => change('label', event.currentTarget.value)}
        />
      </label>
      <label class="field">
        Your name
        <input
          maxLength={128}
          autocomplete="name"
          placeholder="not told"
          value={options.by ?? ''}
          onChange={(event) => change('by', event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Done
      </button>
    </form>
  )
}
