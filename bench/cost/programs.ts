import { execFileSync } from 'node:child_process'
import which from 'which'

/** The path of a program; undefined where there is none. */
export const pathOf = (program: string): string | undefined => which.sync(program, { nothrow: true }) ?? undefined

/** Installs what is missing where it may (root, apt); returns the programs that are not there afterwards. */
export function provide(programs: Readonly<Record<string, string>>): readonly string[] {
  const missing = () => Object.keys(programs).filter((program) => pathOf(program) === undefined)
  const packages = missing().map((program) => programs[program] ?? '')
  if (packages.length > 0 && process.getuid?.() === 0 && pathOf('apt-get') !== undefined) {
    try {
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { stdio: 'ignore' })
    } catch {
      // What is still missing says so.
    }
  }
  return missing()
}
