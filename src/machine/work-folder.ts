import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { delay } from '../timing/index.ts'
import { listProcesses, readMappedFile, readPidNamespace } from './proc.ts'
import { existenceOf, signalProcess } from './process-signals.ts'
import { removeTree } from './remove-tree.ts'

/** A temporary folder of one take or one clip, gone when it is disposed. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string
  /** Kills every process whose TMPDIR it is, and waits until they are gone: one that still writes would make the folder anew. */
  killProcesses(): Promise<void>
}

/** A killed process has freed its memory by then, Chrome's too. */
const GONE_MS = 2_000
const GONE_CHECK_MS = 20
const NAME = /^panorec-(?:take|clip)-/
/** In the folder: whose it is. Its name stays short, for the sake of the socket. */
const OWNER_FILE = '.owner'

/**
 * Chrome, FFmpeg and their children leave files in their temporary folder when they are killed; this one goes with the
 * work, however it ended. It lies right under the machine's own, because the path of a socket has at most 107 characters
 * (unix(7)).
 */
export async function makeWorkFolder(work: 'take' | 'clip'): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), `panorec-${work}-`))
  await writeFile(join(path, OWNER_FILE), ownerText(readPidNamespace(), process.pid))
  return {
    path,
    killProcesses: () => killProcessesIn(path),
    [Symbol.asyncDispose]: () => removeTree(path),
  }
}

/** Kills again what a dying process has just started. */
async function killProcessesIn(path: string): Promise<void> {
  const deadlineMs = performance.now() + GONE_MS
  for (;;) {
    const pids = (await workingFolders()).flatMap(([pid, folder]) => (folder === path ? [pid] : []))
    if (pids.length === 0 || performance.now() > deadlineMs) return
    for (const pid of pids) signalProcess(pid, 'SIGKILL')
    await delay(GONE_CHECK_MS)
  }
}

/**
 * Removes the work folders of workers that were killed, once nobody works in them: a recorder may outlive its worker. Where
 * there is no /proc, or in another container's folders, it cannot be known, and they stay.
 */
export async function clearWorkFolders(): Promise<void> {
  const namespace = readPidNamespace()
  if (namespace === '0') return
  const paths = (await readdir(tmpdir())).filter((name) => NAME.test(name)).map((name) => join(tmpdir(), name))
  const dead: string[] = []
  for (const path of paths) if (await isAbandoned(path, namespace)) dead.push(path)
  if (dead.length === 0) return
  const inUse = await temporaryFoldersInUse()
  for (const path of dead) if (!inUse.has(path)) await removeTree(path)
}

/**
 * Removes the work folder that this process was given as its temporary folder. For a process whose parent, who gave it, is gone; a
 * temporary folder of any other name stays.
 */
export async function removeOwnWorkFolder(): Promise<void> {
  const own = tmpdir()
  if (NAME.test(basename(own))) await removeTree(own)
}

/** One without an owner is just being made or removed. */
async function isAbandoned(path: string, namespace: string): Promise<boolean> {
  const text = await readFile(join(path, OWNER_FILE), 'utf8').catch(() => '')
  const pid = Number(/(\d+)$/.exec(text)?.[1])
  return text === ownerText(namespace, pid) && existenceOf(pid) === 'none'
}

const ownerText = (namespace: string, pid: number): string => `${namespace} ${pid}`

async function temporaryFoldersInUse(): Promise<ReadonlySet<string>> {
  return new Set((await workingFolders()).map(([, folder]) => folder))
}

/** The processes of this user, each with its TMPDIR; a dead one that nobody has waited for yet has none (proc(5), `environ`). */
async function workingFolders(): Promise<readonly (readonly [pid: number, folder: string])[]> {
  const found = await Promise.all(
    listProcesses().map(async (pid) => {
      const environment = await readMappedFile(pid, 'environ')
      return [pid, /(?:^|\0)TMPDIR=([^\0]*)/.exec(environment)?.[1]] as const
    }),
  )
  return found.flatMap(([pid, folder]) => (folder === undefined ? [] : [[pid, folder] as const]))
}
