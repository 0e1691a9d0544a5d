import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Made on purpose to outlive a run: the clips of the kit. */
const KEPT_FOLDERS = new Set(['panorec-kit-cache'])
/** Chrome's helpers end a moment after Chrome itself. */
const GRACE_MS = 5000
const POLL_MS = 100

/** What this process has at one moment: its descendants, its listening sockets and the product's temporary folders. */
interface Belongings {
  readonly processes: ReadonlyMap<number, string>
  readonly ports: number
  readonly folders: ReadonlySet<string>
}

/** Linux only: reads /proc; elsewhere there are no processes to see. */
export async function takeStock(): Promise<Belongings> {
  const folders = (await readdir(tmpdir())).filter((name) => isOurs(name) && !KEPT_FOLDERS.has(name))
  return { processes: await descendants(process.pid), ports: countServers(), folders: new Set(folders) }
}

function isOurs(name: string): boolean {
  return /^(panorec-|puppeteer_dev_|\.?(org|com)\.(chromium|google)\.)/i.test(name)
}

function countServers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap' || name === 'UDPWrap').length
}

/**
 * Fails when something is there that was not there before: a child process, a server, a temporary folder. It looks at
 * `os.tmpdir()` as it is now, so a test that must not see others' folders has a TMPDIR of its own.
 */
export async function assertNothingLeft(before: Belongings, { graceMs = GRACE_MS } = {}): Promise<void> {
  const deadline = performance.now() + graceMs
  let left = compare(before, await takeStock())
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(POLL_MS)
    left = compare(before, await takeStock())
  }
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`)
}

function compare(before: Belongings, now: Belongings): string[] {
  return [
    ...[...now.processes].filter(([pid]) => !before.processes.has(pid)).map(([pid, name]) => `process ${pid} ${name}`),
    ...[...now.folders].filter((name) => !before.folders.has(name)).map((name) => `folder ${name}`),
    ...(now.ports > before.ports ? [`${now.ports - before.ports} open port(s)`] : []),
  ]
}

/** How much of a command line is enough to know a process by, characters. */
const COMMAND_SHOWN = 160

/** All living descendants of a process: their ids, and the beginning of their command lines. */
export async function descendants(root: number): Promise<Map<number, string>> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc').catch(() => [])) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '') : ''
    const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(stat) ?? []
    if (state !== undefined && state !== 'Z') parents.set(Number(entry), Number(parent))
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === root || (parent !== undefined && parent > 1 && isBelow(parent))
  }
  const found = [...parents.keys()].filter(isBelow)
  return new Map(await Promise.all(found.map(async (pid) => [pid, await commandOf(pid)] as const)))
}

async function commandOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return command.replaceAll('\0', ' ').trim().slice(0, COMMAND_SHOWN)
}
