import { startService } from '../../../src/bin/service.ts'
import { waitForShutdownSignal } from '../../../src/bin/wait-for-shutdown-signal.ts'
import { startLoneWorker } from '../../../src/bin/work.ts'
import { loadConfig } from '../../../src/config/index.ts'

/**
 * `panorec serve` or `panorec work` with options that the program itself has no settings for, such as a scripted recorder.
 * Arguments: the command, and the options as JSON.
 */
const [command, options = '{}'] = process.argv.slice(2)
const shutdown = waitForShutdownSignal()
const start = command === 'work' ? startLoneWorker : startService
const running = await start(loadConfig(), JSON.parse(options))
await shutdown
await running[Symbol.asyncDispose]()
process.exit(0)
