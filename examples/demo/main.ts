/**
 * `npm run demo`: a live class, recorded end to end. Wiring only: the command line, Ctrl-C and the exit code.
 */
import { runDemo } from './demo.ts'
import { DEMO_HELP, parseDemoOptions } from './options.ts'
import { createProgress } from './progress.ts'

/** What a shell expects of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

const told = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (told.signal.aborted) process.exit(EXIT_INTERRUPTED)
    told.abort()
  })
}
const progress = createProgress(process.stdout)
try {
  const options = parseDemoOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(DEMO_HELP)
  else await runDemo({ options, progress, signal: told.signal })
  process.exitCode = told.signal.aborted && !options.keep ? EXIT_INTERRUPTED : 0
} catch (error) {
  progress.say(`\nThe demo did not work: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = told.signal.aborted ? EXIT_INTERRUPTED : 1
}
