import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ulid } from 'ulid'
import {
  appErrorFrom,
  type CompositorKind,
  type RecorderCommand,
  type RecorderEvent,
  type RecorderRequest,
  type RecordingSpec,
  type SourcePlayer,
} from '../protocol/index.ts'
import { buildRecord, buildRecorderRequest } from '../recording/record.ts'
import { finalizeRecording } from '../recovery/index.ts'
import { errnoOf, openStore } from '../store/index.ts'
import type { LogPort } from '../telemetry/index.ts'
import { runRecorder } from './run.ts'

interface RecordToFolderOptions {
  /** The recording becomes a folder of its own in here. */
  readonly outDir: string
  /** Aborting it ends the recording in order. */
  readonly signal: AbortSignal
  readonly logger: LogPort
  readonly chromePath?: string
  readonly compositor?: CompositorKind
  readonly sourcePlayer?: SourcePlayer
  readonly pageDir: string
  readonly logLevel?: string
  /** Private hosts that images of the whiteboard may come from; without it none. */
  readonly allowPrivateHosts?: readonly string[]
  readonly onEvent?: (event: RecorderEvent) => void
}

export interface FolderRecording {
  readonly recordingId: string
  /** The folder of `index.m3u8`. */
  readonly path: string
  readonly ended: Ended
}
type Ended = Extract<RecorderEvent, { type: 'ended' }>

/**
 * Records a spec into a folder of this machine with no server: the same recorder, a file system store. Resolves when
 * the recording is closed; throws the recorder's error when it failed, and what was stored until then stays.
 */
export async function recordToFolder(spec: RecordingSpec, options: RecordToFolderOptions): Promise<FolderRecording> {
  const spoolDir = await mkdtemp(join(tmpdir(), 'panorec-'))
  try {
    const request = requestFor(spec, spoolDir, options)
    const ended = await runToEnd(request, options)
    if (ended.reason === 'failed' || ended.reason === 'terminated') await close(request, ended)
    if (ended.error !== null) throw appErrorFrom(ended.error)
    return { recordingId: request.recordingId, path: resolve(options.outDir, request.recordingId), ended }
  } finally {
    await removeIfEmpty(spoolDir)
  }
}

function requestFor(spec: RecordingSpec, spoolDir: string, options: RecordToFolderOptions): RecorderRequest {
  const record = buildRecord(spec, {
    id: `rec_${ulid()}`,
    traceId: crypto.randomUUID().replaceAll('-', ''),
    now: new Date(),
  })
  return buildRecorderRequest(record, 1, spec.signalling ?? null, {
    store: { kind: 'fs', path: resolve(options.outDir) },
    spoolDir,
    maxTakeSec: null,
    logLevel: options.logLevel ?? 'info',
    allowPrivateHosts: options.allowPrivateHosts ?? [],
    ...(options.chromePath === undefined ? {} : { chromePath: options.chromePath }),
    ...(options.compositor === undefined ? {} : { compositor: options.compositor }),
    ...(options.sourcePlayer === undefined ? {} : { sourcePlayer: options.sourcePlayer }),
  })
}

async function runToEnd(request: RecorderRequest, options: RecordToFolderOptions): Promise<Ended> {
  const { promise, resolve: end } = Promise.withResolvers<Ended>()
  await runRecorder(request, {
    emit(event) {
      options.onEvent?.(event)
      if (event.type === 'ended') end(event)
    },
    commands: noCommands(),
    signal: options.signal,
    logger: options.logger,
    pageDir: options.pageDir,
  })
  return await promise
}

/** Closes the recording, because no other take follows: Ctrl-C is how it is stopped, and after a failure what is stored plays. */
async function close({ store: location, recordingId }: RecorderRequest, { at, error }: Ended): Promise<void> {
  await using store = await openStore(location)
  await finalizeRecording(store, recordingId, { state: error === null ? 'completed' : 'failed', endedAt: at, error })
}

/** Keeps a spool that holds what the store did not take; the log names it. */
async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOTEMPTY') throw error
  })
}

async function* noCommands(): AsyncGenerator<RecorderCommand> {}
