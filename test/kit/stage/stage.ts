import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { type PostgresServer, startPostgres } from '../servers/postgres.ts'
import { type S3Server, startS3Server } from '../servers/s3.ts'
import { freePort } from '../service/free-port.ts'
import { type PanorecOptions, PanorecProcess } from '../service/panorec-process.ts'
import { testSettings } from '../service/test-settings.ts'
import { LiveClass } from '../sources/live-class.ts'
import type { Pattern } from '../sources/pattern.ts'
import { VideoSource, WhepSource } from './extra-sources.ts'
import { FakeClock } from './fake-clock.ts'
import { Network } from './network.ts'
import { hasAncestor, hit, processesOf } from './processes.ts'

const run = promisify(execFile)

/**
 * `alone`: a service with all its defaults. `shared`: a service and a worker on one Postgres and one S3. `network`: the same,
 * and the worker that records is on another host. `clock`: a service whose wall clock can be stepped. `many`: a service and two
 * workers, each with room for two recordings.
 */
export type Shape = 'alone' | 'shared' | 'network' | 'clock' | 'many'

export interface SourceOfStage {
  readonly id: string
  readonly type: 'hls' | 'whep' | 'video'
  readonly url: string
  readonly loop?: boolean
}

interface StageOptions {
  readonly shape: Shape
  readonly sources: number
  /** How long the sources go on. */
  readonly seconds: number
}

/** Disks of their own, for which it takes root. Small, so that a fault can fill it: segments of half a minute, and Chrome's profile. */
const SPOOL_MB = 160
const STORE_MB = 512

/** The real product, its sources and everything it stands on, in processes that can be killed and ways that can be cut. */
export class Stage implements AsyncDisposable {
  readonly folder: string
  readonly live: LiveClass
  readonly programs: PanorecProcess[] = []
  readonly shape: Shape
  postgres: PostgresServer | undefined
  databaseWay: FaultyProxy | undefined
  storeWay: FaultyProxy | undefined
  clock: FakeClock | undefined
  network: Network | undefined
  readonly #seconds: number
  readonly #undo = new AsyncDisposableStack()
  #whep: WhepSource | undefined
  #video: VideoSource | undefined

  private constructor(folder: string, live: LiveClass, { shape, seconds }: StageOptions) {
    this.folder = folder
    this.live = live
    this.shape = shape
    this.#seconds = seconds
  }

  static async open(options: StageOptions): Promise<Stage> {
    // Short: Chrome makes a socket below it, and a socket's path has at most 107 characters (unix(7)).
    const folder = await mkdtemp('/tmp/panorec-faults-')
    const live = await LiveClass.start(options.sources, options.seconds)
    const stage = new Stage(folder, live, options)
    stage.#undo.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
    stage.#undo.use(live)
    try {
      await stage.#open()
      return stage
    } catch (error) {
      await keepLogs(stage, `/tmp/panorec-fault-logs/${options.shape}-start`)
      await stage[Symbol.asyncDispose]()
      throw error
    }
  }

  async #open(): Promise<void> {
    for (const name of ['tmp', 'log', 'data', 'data/spool', 'store']) await mkdir(join(this.folder, name))
    if (this.shape === 'alone' && process.getuid?.() === 0) {
      await this.#mount('data/spool', SPOOL_MB)
      await this.#mount('store', STORE_MB)
    }
    if (this.shape === 'alone' || this.shape === 'clock') await this.#openAlone()
    else await this.#openShared()
  }

  get service(): PanorecProcess {
    return this.program('service')
  }

  get storeDir(): string {
    return join(this.folder, 'store')
  }

  get spoolDir(): string {
    return join(this.folder, 'data/spool')
  }

  /** The program that supervises this process: the service or a worker. */
  async hostOf(pid: number): Promise<PanorecProcess> {
    for (const program of this.programs) if (await hasAncestor(pid, program.pid)) return program
    throw new Error(`process ${pid} belongs to no program of the stage`)
  }

  /** As the recorder reaches them; the second may be of another kind than HLS. */
  async sources(kind?: 'whep' | 'video'): Promise<readonly SourceOfStage[]> {
    const all = this.live.sources.map((source, index) => ({ ...source, url: this.network?.over(index) ?? source.url }))
    const [first, second] = all
    if (kind === undefined || first === undefined || second === undefined) return all
    const { url } = kind === 'whep' ? await this.whep() : await this.video()
    return [first, { id: second.id, type: kind, url }]
  }

  /** The second source over WebRTC. */
  async whep(): Promise<WhepSource> {
    this.#whep ??= this.#undo.use(await WhepSource.start(this.#secondPattern, this.#seconds))
    return this.#whep
  }

  /** The second source as a file. */
  async video(): Promise<VideoSource> {
    this.#video ??= this.#undo.use(await VideoSource.start(this.#secondPattern, this.#seconds))
    return this.#video
  }

  get #secondPattern(): Pattern {
    const [, second] = this.live.patterns
    if (second === undefined) throw new Error('the stage has one source only')
    return second
  }

  /** Files and folders in the spool and the temporary folder, and processes that no program of the stage has. */
  async leftBehind(): Promise<string[]> {
    const spooled = (await readdir(this.spoolDir)).map((name) => `spool/${name}`)
    const temporary = (await readdir(join(this.folder, 'tmp')))
      .filter((name) => /panorec-(take|clip)|puppeteer|chrom/i.test(name))
      .map((name) => `tmp/${name}`)
    const recorders = (await processesOf(this.folder))
      .filter(({ command }) => command.includes('functions/recorder') || command.includes('--user-data-dir='))
      .map(({ pid, command }) => `process ${pid} ${command.slice(0, 80)}`)
    return [...spooled, ...temporary, ...recorders]
  }

  program(name: string): PanorecProcess {
    const found = this.programs.find((program) => program.name === name)
    if (found === undefined) throw new Error(`the stage has no ${name}`)
    return found
  }

  async #openAlone(): Promise<void> {
    if (this.shape === 'clock') this.clock = await FakeClock.open(this.folder)
    await this.#start({ name: 'service', settings: this.#settings({ PANOREC_STORE: this.storeDir }) })
  }

  async #openShared(): Promise<void> {
    const postgres = this.#undo.use(await startPostgres())
    const s3 = this.#undo.use(await startS3Server())
    await s3.createBucket('recordings')
    const database = new URL(await postgres.createDatabase())
    if (this.shape === 'network') this.network = this.#undo.use(await Network.open(this.live))
    const listen = this.network?.hostAddress ?? '127.0.0.1'
    const way = async (port: string) =>
      this.#undo.use(await FaultyProxy.start({ host: '127.0.0.1', port: Number(port), listen }))
    this.databaseWay = await way(database.port)
    this.storeWay = await way(new URL(s3.endpoint).port)
    this.postgres = postgres
    const port = await freePort()
    const api = this.network === undefined ? undefined : await way(String(port))
    const url = `http://127.0.0.1:${port}`
    const shared = this.#sharedSettings(s3, database.href, api?.over(url) ?? url)
    const startWorker = async (name: string) => {
      const status = await freePort()
      const host = this.network?.guestAddress ?? '127.0.0.1'
      const metrics = { PANOREC_METRICS_PORT: String(status), PANOREC_METRICS_HOST: host, PANOREC_API_KEYS: '' }
      await this.#start({
        command: 'work',
        name,
        settings: this.#settings({ ...shared, ...metrics, ...this.network?.keys }),
        url: `http://${host}:${status}`,
        ...(this.network && { wrapper: this.network.wrapper }),
      })
    }
    await this.#start({ name: 'service', settings: this.#settings({ ...shared, PANOREC_PORT: String(port) }) })
    await startWorker('worker')
    if (this.shape === 'many') await startWorker('worker-2')
  }

  #sharedSettings(s3: S3Server, databaseUrl: string, publicUrl: string): Record<string, string> {
    return {
      PANOREC_DATABASE_URL: this.databaseWay?.over(databaseUrl) ?? databaseUrl,
      PANOREC_STORE: 's3://recordings/faults',
      PANOREC_S3_ENDPOINT: (this.storeWay?.over(s3.endpoint) ?? s3.endpoint).replace(/\/$/, ''),
      PANOREC_S3_REGION: s3.region,
      PANOREC_S3_FORCE_PATH_STYLE: 'true',
      PANOREC_PUBLIC_URL: publicUrl.replace(/\/$/, ''),
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }
  }

  #settings(more: Readonly<Record<string, string>>): Record<string, string> {
    return {
      ...testSettings(join(this.folder, 'data')),
      TMPDIR: join(this.folder, 'tmp'),
      PANOREC_LOG_LEVEL: 'info',
      PANOREC_MAX_RECORDINGS: this.shape === 'many' ? '2' : '6',
      ...this.clock?.environment,
      ...more,
    }
  }

  async #start(options: Omit<PanorecOptions, 'logDir'>): Promise<void> {
    this.programs.push(await PanorecProcess.start({ ...options, logDir: join(this.folder, 'log') }))
  }

  async #mount(name: string, megabytes: number): Promise<void> {
    const path = join(this.folder, name)
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path])
    this.#undo.defer(async () => void (await run('umount', ['-l', path])))
  }

  /** Programs in order, then whatever of theirs is still there. */
  async #endAll(): Promise<void> {
    await Promise.all(this.programs.map((program) => program[Symbol.asyncDispose]()))
    for (const { pid } of await processesOf(this.folder)) hit(pid, 'SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endAll()
    await this.#undo.disposeAsync()
  }
}

/** Keeps what the programs logged, for whoever looks for a cause. */
export async function keepLogs(stage: Stage, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  await run('cp', ['-r', join(stage.folder, 'log'), to])
  await writeFile(join(to, 'folder'), stage.folder)
}
