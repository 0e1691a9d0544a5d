import { readFile, rm, writeFile } from 'node:fs/promises'
import { identifyProcess, lifeOf } from '../machine/index.ts'
import { AppError } from '../protocol/index.ts'

/** The owner as the lock file has it. */
interface Owner {
  readonly pid: number
  /** When the process started, in clock ticks since boot: tells it from a later one with the same id. */
  readonly started: string
}

/**
 * Keeps a second process out of a folder that bears only one. A stale lock, whose owner is gone, is taken over.
 * Throws `database.unavailable` while the owner lives.
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const path = `${folder}.lock`
  const { pid, startTicks, bootId } = identifyProcess(process.pid)
  const mine: Owner = { pid, started: startTicks }
  const text = JSON.stringify(mine)
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const owner = parseOwner(await readFile(path, 'utf8'))
    if (owner !== undefined && lifeOf({ pid: owner.pid, startTicks: owner.started, bootId }) !== 'gone') {
      throw new AppError(
        'database.unavailable',
        `The folder ${folder} is in use by process ${owner.pid}: stop that one, or give this one another \`PANOREC_DATA_DIR\`, or let both share \`PANOREC_DATABASE_URL\`.`,
        { field: 'PANOREC_DATA_DIR', cause: error },
      )
    }
    await writeFile(path, text)
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
}

function parseOwner(text: string): Owner | undefined {
  const match = /^\{"pid":(\d+),"started":"(\d*)"\}$/.exec(text)
  return match?.[1] === undefined ? undefined : { pid: Number(match[1]), started: match[2] ?? '' }
}
