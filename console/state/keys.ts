import { areShortcutsOn, isCharacterKey } from './shortcuts.ts'

/**
 * True when a key press in this window is for `area`: not typed into a field, not a browser shortcut, no dialog is above, and
 * single-key shortcuts are not switched off.
 */
export function isKeyFor(event: KeyboardEvent, area: Element): boolean {
  if (isCharacterKey(event) && !areShortcutsOn()) return false
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const target = event.target instanceof HTMLElement ? event.target : undefined
  if (target?.closest('input:not([type=range], [type=checkbox]), select, textarea') != null) return false
  const above = [...document.querySelectorAll('dialog:modal')].at(-1)
  return above === undefined || above.contains(area)
}
