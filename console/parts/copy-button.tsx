import { useState } from 'preact/hooks'
import { after } from '../../src/timing/index.ts'
import { Icon } from './icons.tsx'

const CONFIRM_MS = 1600

/** Copies a text and confirms it; where the clipboard is refused, the text stays selectable beside it. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      return
    }
    setDone(true)
    after(CONFIRM_MS, () => setDone(false))
  }
  return (
    <button type="button" class="icon-button" aria-label={done ? 'Copied' : label} title={label} onClick={copy}>
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  )
}
