/**
 * `npm run demo`: a live class, recorded end to end. Wiring only: the command line, Ctrl-C and the exit code.
 */
import { runDemo } from './demo.ts'
import { DEMO_HELP, parseDemoOptions } from './options.ts'
import { createProgress } from './progress.ts'

/** The exit code of a program that Ctrl-C ended. */
const EXIT_INTERRUPTED = 130

/** One Ctrl-C can arrive twice, from the terminal and from npm; a person's second one comes later than this. */
const ECHO_MS = 1000

const stop = new AbortController()
let stoppedAtMs = 0
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (!stop.signal.aborted) stoppedAtMs = performance.now()
    else if (performance.now() - stoppedAtMs > ECHO_MS) process.exit(EXIT_INTERRUPTED)
    stop.abort()
  })
}
const progress = createProgress(process.stdout)
try {
  const options = parseDemoOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(DEMO_HELP)
  else await runDemo({ options, progress, signal: stop.signal })
  process.exitCode = stop.signal.aborted && !options.keep ? EXIT_INTERRUPTED : 0
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  progress.say(stop.signal.aborted ? '\nStopped.' : `\nThe demo did not work: ${reason}`)
  process.exitCode = stop.signal.aborted ? EXIT_INTERRUPTED : 1
}
