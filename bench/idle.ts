import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../src/client/index.ts'
import { delay } from '../src/timing/index.ts'
import { quantile } from '../test/kit/index.ts'
import { PanorecProcess } from '../test/kit/service/panorec-process.ts'
import { testSettings } from '../test/kit/service/test-settings.ts'
import type { Benchmark } from './benchmark.ts'
import { measureCost } from './process-cost.ts'

const LATER_STARTS = 4
/** After the start: what it compiled, read and queued is done by then. */
const SETTLE_MS = 10_000
const MEASURE_SEC = 40
const JOBS = 30
/** Longer than a job takes to begin, and no multiple of an interval of the service. */
const EVERY_MS = 1_370
/** A recorder that records nothing: a process that says what a recorder says. */
const SCRIPTED_RECORDER = fileURLToPath(new URL('../test/worker/scripted-recorder.ts', import.meta.url))
const SPEC = { sources: [{ id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }] }

/** What the service costs that waits for recordings, on its embedded database, and how soon it is there. */
export const idle: Benchmark = {
  name: 'idle',
  title: 'The service that waits',
  async run(say) {
    const dataDir = await mkdtemp(join(tmpdir(), 'panorec-idle-'))
    await using undo = new AsyncDisposableStack()
    undo.defer(() => rm(dataDir, { recursive: true, force: true }))
    const settings = { ...testSettings(dataDir), ...compileCache() }
    await using service = await PanorecProcess.start({ settings })
    const first = await startAgain(service, dataDir)
    const firstRow = await measureIdle(service)
    say(`first start: ${first.toFixed(1)} s, ${firstRow.join(', ')}`)
    const later: number[] = []
    for (let i = 0; i < LATER_STARTS; i += 1) later.push(await startAgain(service))
    const laterRow = await measureIdle(service)
    await service.end('SIGTERM')
    const median = quantile(later, 0.5)
    say(`later starts: ${median.toFixed(1)} s, ${laterRow.join(', ')}`)
    const begun = await measureJobs(settings)
    return {
      method:
        `\`panorec serve\` with its embedded database and nothing to do, over ${MEASURE_SEC} s, ${SETTLE_MS / 1000} s after its start: the ` +
        'whole tree of its processes. Its start counts until `/readyz` is good, with compiled code in a cache as by `npm start`; of later ' +
        `starts it is the median of ${LATER_STARTS}. From a POST to the take that a worker begins: p50 ${quantile(begun, 0.5).toFixed(0)} ms, p95 ` +
        `${quantile(begun, 0.95).toFixed(0)} ms, max ${quantile(begun, 1).toFixed(0)} ms of ${JOBS} recordings, one after the other.`,
      columns: ['start', 'seconds until ready', 'memory, PSS', 'peak of the start, RSS', 'cores'],
      rows: [
        ['with an empty folder', first.toFixed(1), ...firstRow],
        ['with its database', median.toFixed(1), ...laterRow],
      ],
    }
  },
}

/** What `scripts/run.mjs` gives every process. */
function compileCache(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE } = process.env
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }
}

/** Seconds until it is ready; with `emptied` that folder is emptied before. */
async function startAgain(service: PanorecProcess, emptied?: string): Promise<number> {
  await service.end('SIGTERM')
  if (emptied !== undefined) await rm(emptied, { recursive: true, force: true })
  const startedAt = performance.now()
  await service.start()
  return (performance.now() - startedAt) / 1000
}

async function measureIdle({ pid }: PanorecProcess): Promise<string[]> {
  await delay(SETTLE_MS)
  const peakBytes = await peakRss(pid)
  const { cores, peakBytes: pss } = await measureCost(MEASURE_SEC, () => true)
  return [megabytes(pss), megabytes(peakBytes), cores.toFixed(3)]
}

/** The highest resident size so far (proc(5), `VmHWM`), bytes. */
async function peakRss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** From the record of each POST to the event that a worker begins its take, milliseconds. */
async function measureJobs(settings: Readonly<Record<string, string>>): Promise<number[]> {
  await using service = await PanorecProcess.start({ settings, options: { recorderScript: SCRIPTED_RECORDER } })
  const client = createClient({ baseUrl: service.url })
  const stop = new AbortController()
  const beganAt = new Map<string, string>()
  const following = followStarts(client, stop.signal, beganAt)
  const begun: number[] = []
  for (let i = 0; i < JOBS; i += 1) {
    const { id, createdAt } = await client.recordings.start(SPEC)
    await delay(EVERY_MS)
    const began = beganAt.get(id)
    if (began === undefined) throw new Error(`${id} has not begun after ${EVERY_MS} ms`)
    begun.push(Date.parse(began) - Date.parse(createdAt))
    await client.recordings.stop(id)
  }
  stop.abort()
  await following
  return begun
}

async function followStarts(client: Client, signal: AbortSignal, beganAt: Map<string, string>): Promise<void> {
  for await (const event of client.events({ signal })) {
    if (event.type === 'recording.state' && event.recording.state === 'starting')
      beganAt.set(event.recordingId, event.at)
  }
}
