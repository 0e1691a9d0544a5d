import { useState } from 'preact/hooks'
import { areShortcutsOn, switchShortcuts } from '../state/shortcuts.ts'

/** Switches every shortcut of a single letter or mark, on all pages of the console. */
export function ShortcutsSwitch() {
  const [on, setOn] = useState(areShortcutsOn)
  const change = (wanted: boolean) => {
    switchShortcuts(wanted)
    setOn(wanted)
  }
  return (
    <label class="shortcuts-switch">
      <input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} />
      Single-key shortcuts
    </label>
  )
}
