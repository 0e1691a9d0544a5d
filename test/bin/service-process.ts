import { startService } from '../../src/bin/service.ts'
import { loadConfig } from '../../src/config/index.ts'
import { createLogger } from '../../src/telemetry/index.ts'

/** A whole service as a process of its own, so that a test can kill it. Arguments: settings and options, as JSON. */
const [settings = '{}', options = '{}'] = process.argv.slice(2)
const service = await startService(loadConfig(JSON.parse(settings)), {
  logger: createLogger({ level: 'silent' }),
  ...JSON.parse(options),
})
process.send?.({ url: service.url })
process.once('SIGTERM', async () => {
  await service[Symbol.asyncDispose]()
  process.exit(0)
})
