import { join } from 'node:path'

const TAKE_FILE = 'take.json'

/** The path of `take.json` in a take's folder. */
export function takeFileOf(folder: string): string {
  return join(folder, TAKE_FILE)
}
