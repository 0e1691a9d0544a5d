import type { ChildExit } from '../machine/index.ts'

/** Of the end of standard error, as much as a message quotes. */
const QUOTED = { lines: 3, characters: 1000 } as const

/** How a process ended, the end of its standard error, and both as the details of an error. */
export function describeExit({ code, signal, lastLines }: ChildExit) {
  const quoted = lastLines.slice(-QUOTED.lines).join(' | ').slice(0, QUOTED.characters)
  return {
    how: signal === null ? `with exit code ${code}` : `by ${signal}`,
    lastWords: quoted === '' ? '' : ` Its last words: ${quoted}`,
    details: { exitCode: code, signal, lastLines },
  }
}
