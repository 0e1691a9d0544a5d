const KEY = 'panorec.shortcuts'

/** False when the reader has switched single-key shortcuts off, for speech input or an unsteady hand (WCAG 2.1.4). */
export function areShortcutsOn(): boolean {
  return localStorage.getItem(KEY) !== 'off'
}

/** Kept by the browser until it is switched again. */
export function switchShortcuts(on: boolean): void {
  if (on) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, 'off')
}

/** True for a key that types a character: a letter, a digit, a mark. Space and arrows are what every player and page has. */
export function isCharacterKey({ key }: Pick<KeyboardEvent, 'key'>): boolean {
  return [...key].length === 1 && key !== ' '
}
