import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ulid } from 'ulid'
import type {
  HandoverCommandBody,
  RecorderCommand,
  RecorderCommandBody,
  RecorderEvent,
  RecorderRequest,
} from '../../src/protocol/index.ts'
import { runRecorder } from '../../src/recorder/index.ts'
import type { LogPort } from '../../src/telemetry/index.ts'

type EventOf<T extends RecorderEvent['type']> = Extract<RecorderEvent, { type: T }>
export type LogLine = { readonly level: string; readonly details: object; readonly message: string }

/** The built page of the product; without it a test takes the fixture page, which needs no sources. */
export const REAL_PAGE = fileURLToPath(new URL('../../dist/recorder-page', import.meta.url))

/** A recorder at work in this process, with its store and its spool in a temporary folder. */
export interface RecorderRun {
  readonly request: RecorderRequest
  readonly events: readonly RecorderEvent[]
  readonly log: readonly LogLine[]
  readonly done: Promise<EventOf<'ended'>>
  /** Sends a command and resolves with its answer. */
  order(order: RecorderCommandBody | HandoverCommandBody): Promise<EventOf<'ack'>>
  terminate(): void
  /** Resolves with the n-th event of this type, counted from 1. */
  event<T extends RecorderEvent['type']>(type: T, count?: number): Promise<EventOf<T>>
}

interface RecorderFolders extends AsyncDisposable {
  readonly storePath: string
  readonly spoolDir: string
  spooled(): Promise<readonly string[]>
}

export async function makeFolders(): Promise<RecorderFolders> {
  const root = await mkdtemp(join(tmpdir(), 'panorec-run-'))
  const spoolDir = join(root, 'spool')
  return {
    storePath: join(root, 'store'),
    spoolDir,
    spooled: () => readdir(spoolDir),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

export function buildRequest(folders: RecorderFolders, changes: Partial<RecorderRequest> = {}): RecorderRequest {
  return {
    recordingId: `rec_${ulid()}`,
    take: 1,
    traceId: 'trace',
    createdAt: new Date().toISOString(),
    sources: [],
    layout: { name: 'grid' },
    video: { width: 320, height: 180, fps: 25, bitrateKbps: 400 },
    audioBitrateKbps: 96,
    segmentSec: 1,
    highlights: { preSec: 20, postSec: 10, rules: [] },
    maxDurationSec: 600,
    isPaused: false,
    room: null,
    signalling: null,
    store: { kind: 'fs', path: folders.storePath },
    spoolDir: folders.spoolDir,
    maxTakeSec: null,
    handover: null,
    allowPrivateHosts: [],
    metadata: {},
    logLevel: 'debug',
    ...changes,
  }
}

export function startRecorder(request: RecorderRequest, pageDir: string): RecorderRun {
  const events: RecorderEvent[] = []
  const log: LogLine[] = []
  const listeners = new Set<() => void>()
  const commands = createCommands()
  const terminate = new AbortController()
  const emit = (event: RecorderEvent): void => {
    events.push(event)
    for (const listener of [...listeners]) listener()
  }
  function eventWhere<T extends RecorderEvent>(is: (event: RecorderEvent) => event is T, count = 1): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.filter(is)[count - 1]
        const ended = events.find((event) => event.type === 'ended')
        if (found === undefined && ended === undefined) return
        listeners.delete(look)
        if (found !== undefined) resolve(found)
        else reject(new Error(`The recorder ended before: ${JSON.stringify(ended)}`))
      }
      listeners.add(look)
      look()
    })
  }
  const event = <T extends RecorderEvent['type']>(type: T, count = 1) =>
    eventWhere((candidate): candidate is EventOf<T> => candidate.type === type, count)
  const run = runRecorder(request, {
    emit,
    commands: commands.stream(),
    signal: terminate.signal,
    logger: loggerInto(log),
    pageDir,
  })
  return {
    request,
    events,
    log,
    done: run.then(() => event('ended')).finally(commands.end),
    event,
    terminate: () => terminate.abort(),
    order(order) {
      const commandId = ulid()
      commands.push({ commandId, ...order } as RecorderCommand)
      return eventWhere(
        (candidate): candidate is EventOf<'ack'> => candidate.type === 'ack' && candidate.commandId === commandId,
      )
    },
  }
}

/** A logger that keeps its lines. */
export function loggerInto(lines: LogLine[]): LogPort {
  const at = (level: string) => (details: object, message: string) => void lines.push({ level, details, message })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function createCommands() {
  const waiting: RecorderCommand[] = []
  let ended = false
  let wake = Promise.withResolvers<void>()
  const notify = (): void => {
    wake.resolve()
    wake = Promise.withResolvers()
  }
  return {
    push(command: RecorderCommand) {
      waiting.push(command)
      notify()
    },
    end() {
      ended = true
      notify()
    },
    async *stream(): AsyncGenerator<RecorderCommand> {
      while (!ended) {
        const command = waiting.shift()
        if (command === undefined) await wake.promise
        else yield command
      }
    },
  }
}
