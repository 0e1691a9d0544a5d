import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { AppError, type RecorderCommand, type RecorderEvent, type RecorderRequest } from '../protocol/index.ts'

/** How a recorder process ended, and the last lines that it wrote. */
export interface RecorderExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lastLines: readonly string[]
}

/** A recorder as a child process, in a process group of its own so that a signal to us is not a signal to it. */
export interface RecorderProcess extends AsyncDisposable {
  readonly pid: number
  /** Resolves once, when the process is gone and everything that it said was heard. */
  readonly exited: Promise<RecorderExit>
  send(command: RecorderCommand): void
  /** Asks it to end in order, as SIGTERM does. */
  terminate(): void
  /** Ends the process and its group now. */
  kill(): void
}

export interface RecorderProcessOptions {
  /** The program: an absolute path of a script for this Node. */
  readonly script: string
  /** The whole environment of the child; the service's own settings are not in it. */
  readonly environment: Readonly<Record<string, string>>
  readonly request: RecorderRequest
  readonly onEvent: (event: RecorderEvent) => void
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Lines of standard error that a crash report quotes. */
const LAST_LINES = 20

/** Starts the process and hands it its request. Throws `recorder.crashed` when the process cannot be started. */
export async function spawnRecorder(options: RecorderProcessOptions): Promise<RecorderProcess> {
  const child = spawn(process.execPath, [options.script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: options.environment,
    serialization: 'json',
  })
  const exited = watchExit(child, options)
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new AppError('recorder.crashed', 'The recorder process could not be started.', { cause })
  }
  child.on('message', (message) => options.onEvent(message as RecorderEvent))
  const tell = (message: RecorderRequest | RecorderCommand) => {
    // A process that just died cannot be told; its exit says so.
    if (child.connected) child.send(message, () => {})
  }
  tell(options.request)
  const pid = child.pid ?? 0
  const killGroup = () => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(pid, 'SIGKILL')
  }
  return {
    pid,
    exited,
    send: tell,
    terminate: () => child.kill('SIGTERM'),
    kill: killGroup,
    async [Symbol.asyncDispose]() {
      killGroup()
      await exited
    },
  }
}

function watchExit(child: ChildProcess, { onLine }: RecorderProcessOptions): Promise<RecorderExit> {
  const lastLines: string[] = []
  readLines(child.stdout, (line) => onLine(line, 'stdout'))
  readLines(child.stderr, (line) => {
    lastLines.push(line)
    if (lastLines.length > LAST_LINES) lastLines.shift()
    onLine(line, 'stderr')
  })
  const { promise, resolve } = Promise.withResolvers<RecorderExit>()
  child.once('close', (code, signal) => resolve({ code, signal, lastLines }))
  child.once('error', () => {
    if (child.pid === undefined) resolve({ code: null, signal: null, lastLines })
  })
  return promise
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine)
}

/** A group that is already gone is what was wanted. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
