/** What a key does to the player. */
export type PlayerKey = 'toggle' | 'back' | 'forward' | 'louder' | 'quieter' | 'fullscreen' | 'mute' | 'start' | 'end'

const KEYS: Readonly<Record<string, PlayerKey>> = {
  ' ': 'toggle',
  k: 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
  f: 'fullscreen',
  m: 'mute',
  Home: 'start',
  End: 'end',
}

/** The player's meaning of a key press; undefined when the key belongs to something else, such as a field or a button. */
export function playerKeyOf(event: KeyboardEvent): PlayerKey | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  const target = event.target instanceof HTMLElement ? event.target : undefined
  if (target?.closest('input:not([type=range]), select, textarea, dialog') != null) return undefined
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  const isControl = target?.closest('button, a, input, summary') != null
  const insidePlayer = target?.closest('.player') != null
  if (action === 'toggle' && event.key === ' ' && isControl) return undefined
  const vertical = action === 'louder' || action === 'quieter' || action === 'start' || action === 'end'
  return vertical && !insidePlayer ? undefined : action
}
