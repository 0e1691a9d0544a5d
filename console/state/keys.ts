/** True when a key press in this window is for `area`: not typed into a field, not a browser shortcut, and no dialog is above. */
export function isKeyFor(event: KeyboardEvent, area: Element): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const target = event.target instanceof HTMLElement ? event.target : undefined
  if (target?.closest('input:not([type=range], [type=checkbox]), select, textarea') != null) return false
  const above = [...document.querySelectorAll('dialog:modal')].at(-1)
  return above === undefined || above.contains(area)
}
