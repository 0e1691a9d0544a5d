import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import type { Config } from '../config/index.ts'
import { type MachineLoad, watchLoad } from '../machine/index.ts'
import { makeTestFilm } from '../media/index.ts'
import { AppError, type RecordingStats, type VideoProfile } from '../protocol/index.ts'
import { recordToFolder } from '../recorder/index.ts'
import type { LogPort } from '../telemetry/index.ts'
import type { Examination, Verdict } from './doctor-finding.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Four recordings, with the start of a Chrome each, on a machine that is slow. */
const TIMEOUT_MS = 120_000
const SOURCES = 4
const FILM = { width: 640, height: 360, fps: 25, seconds: 10 } as const
/** Reports come every two seconds; the first with all sources has their start in it. */
const REPORTS = 3
/** A recording whose sources do not come ends by itself. */
const LONGEST_SEC = 20
/** More pictures than this may not be lost. */
const LOST_MAX = 0.01

const SILENT: LogPort = { debug: ignore, info: ignore, warn: ignore, error: ignore }
function ignore(): void {
  // What a recording says is not a finding.
}

/** What a recording of a profile took. */
export interface ProfileCost {
  readonly profile: VideoProfile
  readonly cpuCores: number
  readonly memoryBytes: number
  /** The share of the pictures that were not encoded. */
  readonly lost: number
}

type CapacityConfig = Pick<
  Config,
  'chromePath' | 'ffmpegPath' | 'compositor' | 'sourcePlayer' | 'maxCpuPercent' | 'maxMemoryPercent'
>

export interface CapacityTrial {
  /** The folder of the recorder's page. */
  readonly pageDir: string
  readonly profiles: readonly VideoProfile[]
}

/** Records four moving sources for some seconds in each profile, and says how many such recordings this machine carries. */
export function capacityExamination(config: CapacityConfig, { pageDir, profiles }: CapacityTrial): Examination {
  return {
    name: 'Capacity',
    advice: 'A recording could not be made here: mend what is wrong above, then look again.',
    timeoutMs: TIMEOUT_MS,
    async examine(signal) {
      await using film = await serveFilm(config, signal)
      const costs: ProfileCost[] = []
      for (const profile of profiles) costs.push(await measureProfile(profile, { ...film, config, pageDir, signal }))
      using machine = watchLoad()
      return judgeCapacity(costs, machine.load, config)
    },
  }
}

/** How many recordings of each profile fit into what Panorec may load of this machine. */
export function judgeCapacity(
  costs: readonly ProfileCost[],
  { cpuCores, memoryBytes }: Pick<MachineLoad, 'cpuCores' | 'memoryBytes'>,
  { maxCpuPercent, maxMemoryPercent }: Pick<CapacityConfig, 'maxCpuPercent' | 'maxMemoryPercent'>,
): Verdict {
  const fits = costs.map((cost) => {
    const byCpu = (cpuCores * maxCpuPercent) / 100 / cost.cpuCores
    const byMemory = (memoryBytes * maxMemoryPercent) / 100 / cost.memoryBytes
    return { ...cost, count: cost.lost > LOST_MAX ? 0 : Math.floor(Math.min(byCpu, byMemory)) }
  })
  const found = `at once, of ${SOURCES} sources each: ${fits.map(describeFit).join('; ')}`
  const impossible = fits.filter(({ count }) => count === 0).map(({ profile }) => profile)
  if (impossible.length === 0) return { verdict: 'good', found }
  const advice = `Record in a smaller profile than ${impossible.join(', ')} here, or on a faster machine.`
  return { verdict: 'warning', found, advice }
}

function describeFit({
  profile,
  count,
  cpuCores,
  memoryBytes,
  lost,
}: ProfileCost & { readonly count: number }): string {
  const cost = `${cpuCores.toFixed(2)} cores, ${Math.round(memoryBytes / 1e6)} MB`
  const losing = lost > LOST_MAX ? `, loses ${Math.round(lost * 100)} % of its pictures` : ''
  return `${count} × ${profile} (${cost}${losing})`
}

interface ServedFilm extends AsyncDisposable {
  readonly folder: string
  readonly url: string
}

/** A film in a folder of its own, on a loopback port. */
async function serveFilm({ ffmpegPath }: CapacityConfig, signal: AbortSignal): Promise<ServedFilm> {
  await using undo = new AsyncDisposableStack()
  const { path: folder } = undo.use(await temporaryFolder())
  const options = ffmpegPath === undefined ? { signal } : { signal, ffmpegPath }
  await makeTestFilm({ path: join(folder, 'film.mp4'), ...FILM }, options)
  const server = fastify({ forceCloseConnections: true })
  undo.defer(() => server.close())
  await server.register(fastifyStatic, {
    root: folder,
    setHeaders: (response) => void response.header('access-control-allow-origin', '*'),
  })
  const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/film.mp4`
  const resources = undo.move()
  return { folder, url, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

interface Measurement extends Pick<ServedFilm, 'folder' | 'url'> {
  readonly config: CapacityConfig
  readonly pageDir: string
  readonly signal: AbortSignal
}

async function measureProfile(profile: VideoProfile, measurement: Measurement): Promise<ProfileCost> {
  const { folder, url, config, pageDir, signal } = measurement
  const sources = Array.from({ length: SOURCES }, (_, i) => ({
    id: `source-${i}`,
    type: 'video' as const,
    url,
    loop: true,
  }))
  const enough = new AbortController()
  const live = new Set<string>()
  const reports: RecordingStats[] = []
  await recordToFolder(
    { sources, layout: { name: 'grid' }, video: { profile }, maxDurationSec: LONGEST_SEC },
    {
      outDir: folder,
      pageDir,
      signal: AbortSignal.any([signal, enough.signal]),
      logger: SILENT,
      logLevel: 'silent',
      compositor: config.compositor,
      sourcePlayer: config.sourcePlayer,
      ...(config.chromePath !== undefined && { chromePath: config.chromePath }),
      onEvent(event) {
        if (event.type === 'source' && event.state === 'live') live.add(event.sourceId)
        if (event.type === 'stats' && live.size === SOURCES) reports.push(event.stats)
        if (reports.length === REPORTS) enough.abort()
      },
    },
  )
  signal.throwIfAborted()
  return costOf(profile, reports)
}

function costOf(profile: VideoProfile, reports: readonly RecordingStats[]): ProfileCost {
  const [first, ...rest] = reports
  const last = rest.at(-1)
  if (first === undefined || last === undefined)
    throw new AppError('internal', 'The recording ended before it was measured.')
  const frames = last.frames - first.frames
  const dropped = last.droppedFrames - first.droppedFrames
  return {
    profile,
    cpuCores: rest.reduce((sum, { cpuCores }) => sum + cpuCores, 0) / rest.length,
    memoryBytes: Math.max(...rest.map(({ memoryBytes }) => memoryBytes)),
    lost: dropped / Math.max(1, frames + dropped),
  }
}
