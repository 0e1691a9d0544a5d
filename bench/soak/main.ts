import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { delay } from '../../src/timing/index.ts'
import { LiveClass } from '../../test/kit/index.ts'
import { startPostgres } from '../../test/kit/servers/postgres.ts'
import { PanorecProcess } from '../../test/kit/service/panorec-process.ts'
import { RecordingCall } from '../../test/kit/service/recording-call.ts'
import { readRecordedTime } from '../../test/kit/watch/recorded-time.ts'
import { figuresOf } from './figures.ts'
import { MemoryWatch } from './memory.ts'
import { type SoakedRecording, writeSoak } from './page.ts'

const SIZE = { width: 320, height: 180 }
const FPS = 25
const SOURCES = 2
const SEGMENT_SEC = 2
/** The next take begins to get ready so long before the one that runs is `maxTakeSec` old. */
const LEAD_SEC = 35
/** The sources play on behind the recordings. */
const SPARE_SEC = 120
const PROGRESS_MS = 300_000

/**
 * `npm run soak`: two recordings of the same live class side by side, one of which hands over from take to take while the
 * other goes on in one; then memory, frames and lip synchrony from the beginning to the end go to docs/soak.md.
 */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '64' },
      'hand-overs': { type: 'string', default: '10' },
    },
  })
  const seconds = Number(values.minutes) * 60
  const handOvers = Number(values['hand-overs'])
  const maxTakeSec = Math.round(seconds / (handOvers + 0.5)) + LEAD_SEC
  const folder = await mkdtemp('/tmp/panorec-soak-')
  await using undo = new AsyncDisposableStack()
  undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  console.log('drawing the sources')
  const live = undo.use(await LiveClass.start(SOURCES, seconds + SPARE_SEC))
  const service = undo.use(await startService(folder, undo))
  const base = {
    sources: live.sources,
    layout: { name: 'grid', labels: false },
    video: { ...SIZE, fps: FPS, bitrateKbps: 300 },
    segmentSec: SEGMENT_SEC,
  } as const
  const calls = [
    await RecordingCall.post(service.url, base),
    await RecordingCall.post(service.url, { ...base, maxTakeSec }),
  ]
  for (const call of calls) await call.running()
  const memory = undo.use(new MemoryWatch({ folder, recordingIds: calls.map(({ id }) => id) }))
  const endMs = performance.now() + seconds * 1000
  while (performance.now() < endMs) {
    await delay(Math.min(PROGRESS_MS, endMs - performance.now()))
    const takes = await Promise.all(calls.map(async (call) => (await call.get()).takes.length))
    console.log(`${Math.round((endMs - performance.now()) / 60_000)} min left, takes: ${takes.join(' and ')}`)
  }
  await memory[Symbol.asyncDispose]()
  const stopped = await Promise.all(calls.map(async (call) => ({ call, ended: await call.stop() })))
  const recordings: SoakedRecording[] = []
  for (const { call, ended } of stopped) {
    const { takes, durationSec, error } = ended
    console.log(`decoding ${call.id}: ${takes.length} takes, ${durationSec} s`)
    const dir = join(folder, 'data', 'recordings', call.id)
    const recorded = await readRecordedTime(dir, { size: SIZE, patterns: live.patterns, fps: FPS })
    const sources = live.patterns.map((_, source) => figuresOf(recorded, source, FPS))
    const errors = [...takes.map((take) => take.error), error].flatMap((each) => (each === null ? [] : [each.code]))
    recordings.push({ id: call.id, takes: takes.length, durationSec, errors, sources })
  }
  await writeSoak({ recordings, memory, maxTakeSec })
}

async function startService(folder: string, undo: AsyncDisposableStack): Promise<PanorecProcess> {
  const postgres = undo.use(await startPostgres())
  await mkdir(join(folder, 'tmp'))
  return await PanorecProcess.start({
    name: 'service',
    logDir: folder,
    settings: {
      TMPDIR: join(folder, 'tmp'),
      PANOREC_DATA_DIR: join(folder, 'data'),
      PANOREC_DATABASE_URL: await postgres.createDatabase(),
      PANOREC_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
      PANOREC_LOG_LEVEL: 'info',
      PANOREC_MAX_CPU_PERCENT: '1000',
    },
  })
}

await main(process.argv.slice(2))
