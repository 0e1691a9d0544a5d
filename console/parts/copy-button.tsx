import { useState } from 'preact/hooks'
import { after } from '../../src/timing/index.ts'
import { copyText, hasClipboard } from './copy-text.ts'
import { Icon } from './icons.tsx'

const CONFIRM_MS = 1600

/** Copies a text and confirms it. Nothing where there is no clipboard: the text beside it can be selected. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [done, setDone] = useState(false)
  if (!hasClipboard()) return null
  const copy = async () => {
    if (!(await copyText(text))) return
    setDone(true)
    after(CONFIRM_MS, () => setDone(false))
  }
  return (
    <button type="button" class="icon-button" aria-label={done ? 'Copied' : label} title={label} onClick={copy}>
      <Icon name={done ? 'check' : 'copy'} />
    </button>
  )
}
