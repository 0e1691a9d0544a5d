import { isKeyFor } from '../state/keys.ts'

/** The actions of the player's keys. */
export type PlayerKey =
  | 'toggle'
  | 'back'
  | 'forward'
  | 'louder'
  | 'quieter'
  | 'fullscreen'
  | 'mute'
  | 'start'
  | 'end'
  | 'previousMark'
  | 'nextMark'

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
  ',': 'previousMark',
  '.': 'nextMark',
}

/** They set a slider that has the focus; the seek bar leaves them to the player, whose steps are larger. */
const RANGE_KEYS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']

/** The player's action for a key press; undefined when the key belongs to something else, such as a field or a button. */
export function playerKeyOf(event: KeyboardEvent, player: Element): PlayerKey | undefined {
  if (!isKeyFor(event, player)) return undefined
  const target = event.target instanceof HTMLElement ? event.target : undefined
  if (target?.matches('input[type=range]:not(.seek)') && RANGE_KEYS.includes(event.key)) return undefined
  const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  const isControl = target?.closest('button, a, input, summary') != null
  const insidePlayer = target !== undefined && player.contains(target)
  if (action === 'toggle' && event.key === ' ' && isControl) return undefined
  const vertical = action === 'louder' || action === 'quieter' || action === 'start' || action === 'end'
  return vertical && !insidePlayer ? undefined : action
}
