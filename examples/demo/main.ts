/**
 * `npm run demo`: a live class, recorded end to end. Wiring only: the command line, Ctrl-C and the exit code.
 */
import { runDemo } from './demo.ts'
import { DEMO_HELP, parseDemoOptions } from './options.ts'
import { createProgress } from './progress.ts'

/** What a shell expects of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

/** One Ctrl-C can arrive twice, from the terminal and from npm; a second one of a person comes later. */
const ECHO_MS = 1000

const told = new AbortController()
let toldAtMs = 0
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!told.signal.aborted) toldAtMs = performance.now()
    else if (performance.now() - toldAtMs > ECHO_MS) process.exit(EXIT_INTERRUPTED)
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
  const reason = error instanceof Error ? error.message : String(error)
  progress.say(told.signal.aborted ? '\nStopped.' : `\nThe demo did not work: ${reason}`)
  process.exitCode = told.signal.aborted ? EXIT_INTERRUPTED : 1
}
