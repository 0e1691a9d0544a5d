import { fileURLToPath } from 'node:url'
import { waitForShutdownSignal } from '../../src/bin/wait-for-shutdown-signal.ts'
import { startLoneWorker } from '../../src/bin/work.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

/** `panorec work` as a process that can be killed, with the scripted recorder. It says when it is ready. */
const told = waitForShutdownSignal()
const worker = await startLoneWorker(loadConfig(), {
  logger: createLogger({ level: 'silent' }),
  recorderScript: fileURLToPath(new URL('../worker/scripted-recorder.ts', import.meta.url)),
})
console.log('ready')
await told
await worker[Symbol.asyncDispose]()
process.exit(0)
