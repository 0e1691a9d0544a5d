#!/usr/bin/env node
import { Command } from 'commander'
import { objectName } from '../archive/keys.ts'
import { type Config, describeSettings, loadConfig } from '../config/index.ts'
import { releaseMemory } from '../machine/index.ts'
import { toAppError, VIDEO_PROFILE_NAMES } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { after } from '../timing/index.ts'
import { RECORDER_PAGE_DIR } from './bundles.ts'
import { addHighlightCommands } from './highlight-commands.ts'
import { version } from './version.ts'
import { waitForShutdownSignal } from './wait-for-shutdown-signal.ts'

/** What the start needed is done with by then. */
const STARTED_MS = 5_000
/** Supervisors are told to give 60 s. */
const STOP_WITHIN_MS = 55_000

// Each command loads what it needs: help and a wrong setting are answered at once.
const program = new Command('panorec')
  .description('Records live classes as their audience saw them.')
  .version(version)
  .showHelpAfterError()

program
  .command('serve')
  .description('run the service: API, hub, console and a worker')
  .addHelpText('after', settingsHelp)
  .action(() =>
    runUntilSignal('Panorec stops', async (config) => {
      const { startService } = await import('./service.ts')
      const service = await startService(config)
      console.log(`Panorec listens on ${service.url}`)
      return service
    }),
  )

program
  .command('work')
  .description('run a worker alone, beside services that share its Postgres')
  .addHelpText('after', settingsHelp)
  .action(() =>
    runUntilSignal('The worker stops', async (config) => {
      const { startLoneWorker } = await import('./work.ts')
      return await startLoneWorker(config)
    }),
  )

program
  .command('record')
  .description('record a spec into a folder, with no server; Ctrl-C ends it in order')
  .argument('<spec>', 'a JSON file, as the body of POST /v1/recordings')
  .requiredOption('--out <folder>', 'the recording becomes a folder of its own in here')
  .action(async (spec: string, { out }: { out: string }) => {
    const stop = new AbortController()
    void waitForShutdownSignal().then(() => stop.abort())
    const config = loadConfig()
    const { record } = await import('./record.ts')
    const { path, ended } = await record(spec, { out, config, signal: stop.signal })
    const index = `${path}/${objectName('index')}`
    console.log(`${index}: ${ended.durationSec.toFixed(1)} s in ${ended.segments} segments, ${ended.reason}`)
  })

addHighlightCommands(program)

program
  .command('reindex')
  .description('write a row for each recording, clip and recap of the store that the database does not know')
  .option('--dry-run', 'say what would be done, and do nothing')
  .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    const { runReindex } = await import('./reindex.ts')
    const { highlights, recaps, ...recordings } = await runReindex(loadConfig(), { dryRun, log: console.log })
    const { restored, kept, running, deleted, unreadable } = recordings
    const gone = deleted === 0 ? '' : `, ${deleted} whose deletion goes on`
    console.log(
      `recordings: ${restored} restored, ${kept} kept, ${running} may still run, ${unreadable} unreadable${gone}`,
    )
    for (const [kind, rows] of Object.entries({ highlights, recaps })) {
      console.log(`${kind}: ${rows.restored} restored, ${rows.kept} kept, ${rows.unreadable} unreadable`)
    }
  })

program
  .command('doctor')
  .description(
    'check Chrome, FFmpeg, disk, database, store and fonts, say what to do for each, and how many recordings fit',
  )
  .action(async () => {
    const { runDoctor } = await import('../doctor/index.ts')
    const trial = { pageDir: RECORDER_PAGE_DIR, profiles: VIDEO_PROFILE_NAMES }
    process.exitCode = (await runDoctor(loadConfig(), trial, console.log)) ? 0 : 1
  })

try {
  await program.parseAsync()
  process.exit()
} catch (thrown) {
  const error = toAppError(thrown)
  console.error(`panorec: ${error.message} (${error.code})`)
  if (error.fault !== 'caller' && error.cause !== undefined) console.error(error.cause)
  process.exit(1)
}

/** Runs what `start` gives until a signal ends it; one that comes during the start counts too. */
async function runUntilSignal(
  farewell: string,
  start: (config: Config) => Promise<AsyncDisposable & { readonly logger: Logger }>,
): Promise<void> {
  const shutdown = waitForShutdownSignal({ withinMs: STOP_WITHIN_MS })
  await using running = await start(loadConfig())
  using _release = after(STARTED_MS, releaseMemory, { unref: true })
  running.logger.info({ signal: await shutdown }, farewell)
}

function settingsHelp(): string {
  const rows = describeSettings().map(
    ({ name, default: fallback, allowed, description }) =>
      `  ${name}\n      ${description}\n      allowed: ${allowed}\n      default: ${fallback}`,
  )
  return `\nSettings (environment):\n${rows.join('\n')}\n`
}
