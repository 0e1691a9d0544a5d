import { readFile, rm, writeFile } from 'node:fs/promises'
import { AppError } from '../protocol/index.ts'

interface Owner {
  readonly pid: number
  /** When the process started, in clock ticks since boot: tells it from a later one with the same id. */
  readonly started: string
}

/**
 * Keeps a second process out of a folder that bears only one. A lock whose owner is gone is taken over.
 * Throws `database.unavailable` while the owner lives.
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const path = `${folder}.lock`
  const mine: Owner = { pid: process.pid, started: (await startOf(process.pid)) ?? '' }
  const text = JSON.stringify(mine)
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const owner = parseOwner(await readFile(path, 'utf8'))
    if (owner !== undefined && (await startOf(owner.pid)) === owner.started) {
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

/** Field 22 of proc(5) `stat`; '' where there is no /proc but the process lives; undefined when it does not live. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return isAlive(pid) ? '' : undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
