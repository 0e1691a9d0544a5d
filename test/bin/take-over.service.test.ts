import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Recording } from '../../src/protocol/index.ts'
import { PanorecProcess } from '../kit/service/panorec-process.ts'
import { createDatabase } from '../kit/service/prepared-databases.ts'
import { RecordingCall } from '../kit/service/recording-call.ts'
import { testSettings } from '../kit/service/test-settings.ts'
import { SCRIPTED_RECORDER } from './scripted-service.ts'

const RECORDINGS = 6
/** Each of them has room for its share of the recordings, and for no more. */
const NAMES = ['service', 'worker', 'worker-2'] as const
/** The promise: from the death of a worker to the first picture of the next take. It includes pg-boss' heartbeat of 10 s. */
const TAKEN_OVER_MS = 20_000
/** Nobody waits for a heartbeat: the job is handed back, announced, and a recorder is started. */
const HANDED_OVER_MS = 5_000
/** The script does not notice that it was overtaken, and would stay for 20 s after its worker was drained. */
const OVERTAKEN_MS = 2_000
/** Three programs, a death and a drain, each within its promise. */
const TIMEOUT_MS = 90_000
const SOURCES = [{ id: 'teacher', type: 'hls' as const, url: 'http://127.0.0.1/t.m3u8' }]

type Name = (typeof NAMES)[number]

/** A service and two workers as processes of their own, with scripted recorders. Their intervals are those of the product. */
class Machines implements AsyncDisposable {
  readonly #programs: ReadonlyMap<Name, PanorecProcess>
  readonly #logDir: string
  readonly #undo: AsyncDisposableStack

  private constructor(programs: ReadonlyMap<Name, PanorecProcess>, logDir: string, undo: AsyncDisposableStack) {
    this.#programs = programs
    this.#logDir = logDir
    this.#undo = undo
  }

  static async start(): Promise<Machines> {
    await using undo = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'panorec-machines-'))
    undo.defer(() => rm(folder, { recursive: true, force: true }))
    const logDir = join(folder, 'log')
    await mkdir(logDir)
    const settings = {
      ...testSettings(folder),
      PANOREC_DATABASE_URL: await createDatabase(),
      PANOREC_PUBLIC_URL: 'http://127.0.0.1:9',
      PANOREC_MAX_RECORDINGS: String(RECORDINGS / NAMES.length),
      PANOREC_LOG_LEVEL: 'info',
    }
    const start = async (name: Name) => {
      const command = name === 'service' ? 'serve' : 'work'
      const options = { recorderScript: SCRIPTED_RECORDER, times: { overtakeMs: OVERTAKEN_MS } }
      return [name, undo.use(await PanorecProcess.start({ name, command, settings, options, logDir }))] as const
    }
    const programs = new Map(await Promise.all(NAMES.map(start)))
    return new Machines(programs, logDir, undo.move())
  }

  program(name: Name): PanorecProcess {
    return this.#programs.get(name) ?? expect.unreachable()
  }

  /** Which program started the recorder of each take, by the recording and the number of the take. */
  async hosts(): Promise<ReadonlyMap<string, Name>> {
    const hosts = new Map<string, Name>()
    for (const name of NAMES) {
      for (const line of (await readFile(join(this.#logDir, `${name}.log`), 'utf8')).split('\n')) {
        if (!line.includes('the recorder runs')) continue
        const { recordingId, take } = JSON.parse(line) as { readonly recordingId: string; readonly take: number }
        hosts.set(`${recordingId} ${take}`, name)
      }
    }
    return hosts
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#undo.disposeAsync()
  }
}

/** Resolves when each recording records, in so many takes. */
async function goOn(calls: readonly RecordingCall[], takes: ReadonlyMap<string, number>): Promise<void> {
  await Promise.all(
    calls.map((call) =>
      call.until('its next take', ({ id, state, takes: all }) => {
        return state === 'recording' && all.length === takes.get(id)
      }),
    ),
  )
}

describe('six recordings on three workers', () => {
  let machines: Machines
  const calls: RecordingCall[] = []
  beforeAll(async () => {
    machines = await Machines.start()
    for (let n = 0; n < RECORDINGS; n += 1)
      calls.push(await RecordingCall.post(machines.program('service').url, { sources: SOURCES }))
    await goOn(calls, new Map(calls.map(({ id }) => [id, 1])))
  }, TIMEOUT_MS)
  afterAll(() => machines?.[Symbol.asyncDispose]())

  const pathsOf = async (recordings: readonly Recording[]) => {
    const hosts = await machines.hosts()
    return recordings.map(({ id, takes }) => takes.map(({ number }) => hosts.get(`${id} ${number}`)))
  }
  const all = () => Promise.all(calls.map((call) => call.get()))
  /** Those of one program, and the number of takes each recording has once these have moved. */
  const movesFrom = async (name: Name) => {
    const recordings = await all()
    const paths = await pathsOf(recordings)
    const isMoved = (index: number) => paths[index]?.at(-1) === name
    const takes = new Map(recordings.map(({ id, takes }, index) => [id, takes.length + (isMoved(index) ? 1 : 0)]))
    return { moved: recordings.filter((_, index) => isMoved(index)).map(({ id }) => id), takes }
  }
  /** When the newest take of each of them had its first picture, the latest of all. */
  const latestStartMs = async (ids: readonly string[]) => {
    const starts = (await all()).filter(({ id }) => ids.includes(id)).map(({ takes }) => takes.at(-1)?.startedAt ?? '')
    return Math.max(...starts.map((at) => Date.parse(at)))
  }

  test('are shared by what each has room for', async () => {
    expect((await pathsOf(await all())).flat().sort()).toEqual(NAMES.flatMap((name) => [name, name]).sort())
  })

  test(
    'go on within 20 s at workers that are full when one is killed, and at once when one is drained, and are completed',
    async () => {
      const killed = await movesFrom('worker')
      expect(killed.moved).toHaveLength(2)
      const killedAtMs = Date.now()
      await machines.program('worker').end('SIGKILL')
      await goOn(calls, killed.takes)
      expect((await latestStartMs(killed.moved)) - killedAtMs).toBeLessThan(TAKEN_OVER_MS)

      const drained = await movesFrom('worker-2')
      expect(drained.moved.length).toBeGreaterThanOrEqual(2)
      const drainedAtMs = Date.now()
      const hasLeft = machines.program('worker-2').end('SIGTERM')
      await goOn(calls, drained.takes)
      expect((await latestStartMs(drained.moved)) - drainedAtMs).toBeLessThan(HANDED_OVER_MS)

      const done = await Promise.all(calls.map((call) => call.stop()))
      const paths = await pathsOf(done)
      expect(new Set(paths.map((path) => path.at(-1)))).toEqual(new Set(['service']))
      const CODES = { service: undefined, worker: 'recorder.lost', 'worker-2': 'service.stopping' } as const
      for (const [index, { error, takes }] of done.entries()) {
        expect(error).toBeNull()
        expect(takes.map((take) => take.error?.code)).toEqual(paths[index]?.map((name) => name && CODES[name]))
      }
      await hasLeft
    },
    TIMEOUT_MS,
  )
})
