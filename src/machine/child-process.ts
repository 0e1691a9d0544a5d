import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { delay } from '../timing/index.ts'
import { lowerPriority } from './lower-priority.ts'
import { signalProcess } from './process-signals.ts'

/** How a child process ended, and the last lines that it wrote to standard error. */
export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lastLines: readonly string[]
}

interface ChildOptions {
  /** The program: an absolute path of a script for this Node. */
  readonly script: string
  readonly args?: readonly string[]
  /** The whole environment of the child; the service's own settings are not in it. */
  readonly environment: Readonly<Record<string, string>>
  /** Its nice value, 0 to 19 (POSIX): the higher, the more it gives way to others. */
  readonly nice?: number
  readonly onMessage: (message: unknown) => void
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
}

/** A one-shot function in a process group of its own, so that a signal to us is not a signal to it. Its messages are JSON, by IPC. */
export interface Child extends AsyncDisposable {
  readonly pid: number
  /**
   * Resolves once, as soon as the process is gone and its messages were received. Children of it that live on may hold its pipes
   * open: what they write later still comes in as lines.
   */
  readonly exited: Promise<ChildExit>
  /** Sends it a JSON message. A process that just died does not get it. */
  send(message: object): void
  /** Asks it to end in order, as SIGTERM does. */
  terminate(): void
  /** Closes the channel of messages: it ends by itself. */
  release(): void
  /** Ends the process and its group now. */
  kill(): void
}

/** What a process wrote before its end is in its pipes by then, and is read within this time. */
const LAST_WORDS_MS = 50
/** Lines of standard error that a crash report quotes. */
const LAST_LINES = 20

/** Rejects with the system's error when the process cannot be started. */
export async function spawnChild(options: ChildOptions): Promise<Child> {
  const child = spawn(process.execPath, [options.script, ...(options.args ?? [])], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: options.environment,
    serialization: 'json',
  })
  const exited = watchExit(child, options)
  if (child.pid !== undefined && options.nice !== undefined) lowerPriority(child.pid, options.nice, exited)
  await once(child, 'spawn')
  child.on('message', options.onMessage)
  const pid = child.pid ?? 0
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) signalProcess(-pid, 'SIGKILL')
  }
  return {
    pid,
    exited,
    send: (message) => {
      if (child.connected) child.send(message, () => {})
    },
    terminate: () => child.kill('SIGTERM'),
    release: () => {
      if (child.connected) child.disconnect()
    },
    kill,
    async [Symbol.asyncDispose]() {
      kill()
      await exited
    },
  }
}

function watchExit(child: ChildProcess, { onLine }: ChildOptions): Promise<ChildExit> {
  const lastLines: string[] = []
  readLines(child.stdout, (line) => onLine(line, 'stdout'))
  readLines(child.stderr, (line) => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES) lastLines.shift()
    onLine(line, 'stderr')
  })
  const { promise, resolve } = Promise.withResolvers<ChildExit>()
  child.once('close', (code, signal) => resolve({ code, signal, lastLines }))
  child.once('exit', (code, signal) => {
    const wordsRead = delay(LAST_WORDS_MS)
    const messagesRead = child.connected ? once(child, 'disconnect') : undefined
    void Promise.all([wordsRead, messagesRead]).then(() => resolve({ code, signal, lastLines }))
  })
  child.once('error', () => {
    if (child.pid === undefined) resolve({ code: null, signal: null, lastLines })
  })
  return promise
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}
