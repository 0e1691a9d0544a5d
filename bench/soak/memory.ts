import { type Repeater, repeat } from '../../src/timing/index.ts'
import { descendants } from '../../test/kit/index.ts'
import { type Found, findRole, processesOf, profilesOf } from '../../test/kit/stage/processes.ts'
import { memoryBytes } from '../process-cost.ts'

const SAMPLE_MS = 10_000
/** Memory that a process takes in its first minutes is no growth. */
const WARM_UP_MS = 300_000
const MS_PER_HOUR = 3_600_000

/** Whose memory it is; `page` is the process that draws and encodes, `Chrome` all of a browser with it. */
export const GROUPS = ['service', 'database', 'recorder', 'Chrome', 'page'] as const
type Group = (typeof GROUPS)[number]

interface Sample {
  readonly atMs: number
  readonly bytes: number
}

/** How much memory something had from the end of its warm-up to the end, and how fast that grew. */
interface Growth {
  readonly firstBytes: number
  readonly lastBytes: number
  /** By least squares over all samples. */
  readonly bytesPerHour: number
}

interface Watched {
  /** All processes of the service have it in their environment or command line. */
  readonly folder: string
  readonly recordingIds: readonly string[]
}

/** Measures a service, its database and its recordings until it is disposed. */
export class MemoryWatch implements AsyncDisposable {
  readonly #samples = new Map<string, Sample[]>()
  readonly #repeater: Repeater
  readonly #watched: Watched

  constructor(watched: Watched) {
    this.#watched = watched
    this.#repeater = repeat({ everyMs: SAMPLE_MS, work: () => this.#sample(), atOnce: true })
  }

  /** Undefined when it was never measured. What all recordings share belongs to each of them. */
  growthOf(group: Group, recordingId: string): Growth | undefined {
    const isShared = group === 'service' || group === 'database'
    return growth(this.#samples.get(isShared ? group : `${group} ${recordingId}`) ?? [])
  }

  async #sample(): Promise<void> {
    const { folder, recordingIds } = this.#watched
    const atMs = performance.now()
    const add = async (name: string, pids: readonly number[]) => {
      const bytes = await memoryBytes(pids)
      if (bytes > 0) this.#samples.set(name, [...(this.#samples.get(name) ?? []), { atMs, bytes }])
    }
    const all = await processesOf(folder)
    const children = await descendants(process.pid)
    const postgres = [...children].flatMap(([pid, command]) => (command.includes('postgres') ? [pid] : []))
    await add('database', postgres)
    await add('service', idsOf(all.filter(({ command }) => command.includes('panorec.ts serve'))))
    for (const id of recordingIds) {
      const profiles = await profilesOf(folder, id)
      const chromes = all.filter(({ command }) => isChromeOf(command, profiles))
      const [chrome] = chromes
      // While a take hands over there are two, which belong to no one take.
      if (chrome === undefined || chromes.length > 1) continue
      await add(`Chrome ${id}`, [chrome.pid, ...(await descendants(chrome.pid)).keys()])
      await add(`recorder ${id}`, idsOf(await findRole(folder, 'recorder', id)))
      await add(`page ${id}`, await largest(idsOf(await findRole(folder, 'renderer', id))))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#repeater[Symbol.asyncDispose]()
  }
}

function idsOf(found: readonly Found[]): number[] {
  return found.map(({ pid }) => pid)
}

function isChromeOf(command: string, profiles: readonly string[]): boolean {
  return !command.includes('--type=') && profiles.some((profile) => command.includes(`--user-data-dir=${profile}`))
}

/** Chrome keeps a spare renderer beside the one with the page. */
async function largest(pids: readonly number[]): Promise<number[]> {
  const sizes = await Promise.all(pids.map(async (pid) => ({ pid, bytes: await memoryBytes([pid]) })))
  return sizes
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 1)
    .map(({ pid }) => pid)
}

/** Undefined for less than two samples after the warm-up. */
function growth(samples: readonly Sample[]): Growth | undefined {
  const beginMs = (samples[0]?.atMs ?? 0) + WARM_UP_MS
  const warm = samples.filter(({ atMs }) => atMs >= beginMs)
  const [first] = warm
  const last = warm.at(-1)
  if (first === undefined || last === undefined || first === last) return undefined
  const mean = (value: (sample: Sample) => number) => warm.reduce((sum, sample) => sum + value(sample), 0) / warm.length
  const atMs = mean((sample) => sample.atMs)
  const bytes = mean((sample) => sample.bytes)
  const slope =
    mean((sample) => (sample.atMs - atMs) * (sample.bytes - bytes)) / mean((sample) => (sample.atMs - atMs) ** 2)
  return { firstBytes: first.bytes, lastBytes: last.bytes, bytesPerHour: slope * MS_PER_HOUR }
}
