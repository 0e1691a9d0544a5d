import { buildManifest, type FencedStore, fenceStore, type TakeProgress } from '../archive/index.ts'
import { targetDuration } from '../playlist/index.ts'
import { type AppError, errorInfo, type RecorderRequest, toAppError } from '../protocol/index.ts'
import { NOTHING_STORED } from '../recording/record.ts'
import { openSpool, type Spool, type SpooledTake } from '../spool/index.ts'
import { openStore } from '../store/index.ts'
import { IdleWatch } from './health/idle-watch.ts'
import { OpenPage } from './page/index.ts'
import type { RecorderIo } from './recorder-io.ts'
import { createTriggers } from './room/triggers.ts'
import { createEndingSwitch, type Ending, isAskedFor } from './take-ending.ts'
import { TakeHandover } from './take-handover.ts'
import { type TakeFigures, TakeOutput } from './take-output.ts'
import { TakePage } from './take-page.ts'
import { showUntilEnded, type Take, type TakeStage } from './take-stage.ts'

/** How long the store may fail after the end before the rest of the take stays in the spool. */
const STORE_DEADLINE_MS = 30_000

interface TakeResult {
  readonly ending: Ending
  readonly figures: TakeFigures
}

/**
 * Does one take of a recording, from launching Chrome to the last stored segment; after an end that was asked for the
 * playlists are closed. It never throws: how the take ended is its last event, `ended`, and whatever was stored plays.
 */
export async function runRecorder(request: RecorderRequest, io: RecorderIo): Promise<void> {
  io.emit({ type: 'starting', at: instant(), pid: process.pid })
  const take: Take = { request, io, ending: createEndingSwitch(io.signal), warn: warner(io) }
  const { ending, figures } = await runTake(take).catch((thrown: unknown) => failedBefore(toAppError(thrown)))
  const error = ending.error === null ? null : errorInfo(ending.error)
  if (ending.error !== null) io.logger.error({ err: ending.error }, 'the take failed')
  const { durationSec, segments, bytes } = figures
  io.emit({ type: 'ended', at: instant(), reason: ending.reason, durationSec, segments, bytes, error })
}

async function runTake(take: Take): Promise<TakeResult> {
  const { request } = take
  // Nothing takes as long as Chrome: it is launched first, and everything else is opened meanwhile.
  await using opened = await openPage(take)
  await using store = await openStore(request.store)
  await using spool = await openSpool(request.spoolDir, aboutTake(request))
  return await recordInto({ store: fenceStore(store, request, take.ending.fail), spool, opened }, take)
}

/** The page that was opened in advance, or, where there is none or it is broken, another one. */
async function openPage({ request, io }: Take): Promise<OpenPage> {
  const { logger, pageDir, preparedPage } = io
  if (await preparedPage?.isUsable()) return preparedPage as OpenPage
  if (preparedPage !== undefined) {
    logger.warn({}, 'the page that was opened in advance is of no use any more; the take opens another one')
    await preparedPage[Symbol.asyncDispose]()
  }
  return new OpenPage({ chromePath: request.chromePath, pageDir, logger })
}

interface TakeResources extends Pick<TakeStage, 'spool' | 'opened'> {
  readonly store: FencedStore
}

async function recordInto({ store, spool, opened }: TakeResources, launched: Take): Promise<TakeResult> {
  const { request, ending, warn } = launched
  const sourceIds = new Set(request.sources.map((source) => source.id))
  using idle = watchIdle(launched, sourceIds)
  const take: Take = { ...launched, io: { ...launched.io, emit: throughIdleWatch(launched.io.emit, idle) } }
  const { io } = take
  const page = new TakePage({
    request,
    io,
    ending,
    onPacket: (packet) => output.push(packet),
    onLoudness: (reading) => triggers.onLoudness(reading),
  })
  const triggers = createTriggers({
    request,
    ready: Promise.race([page.started, ending.ended]),
    emit: io.emit,
    send: (message) => page.link.send(message),
    nowMs: Date.now,
  })
  const output = new TakeOutput({
    request,
    store,
    spool,
    takeEpochMs: page.link.takeEpochMs,
    pausedMsBefore: (atMs) => page.pauses.pausedMsBefore(atMs),
    emit: io.emit,
    onWarning: warn,
    onFailed: ending.fail,
  })
  announceEnding(take)
  using handover = new TakeHandover({ request, page, ending, emit: io.emit })
  await showUntilEnded({ take, spool, opened, page, output, triggers, idle, sourceIds, handover }).catch(
    (thrown: unknown) => ending.fail(toAppError(thrown)),
  )
  return await closeOutput(take, spool, output)
}

function watchIdle({ request, io, ending }: Take, sourceIds: ReadonlySet<string>): IdleWatch {
  return new IdleWatch({
    request,
    sourceIds,
    nowMs: () => performance.now(),
    onIdle(rule) {
      io.logger.info({ rule }, 'nothing happens any more')
      ending.end('idle')
    },
  })
}

/** Shows every event to the idle watch, and adds to `stats` for how long nothing has happened. */
function throughIdleWatch(emit: RecorderIo['emit'], idle: IdleWatch): RecorderIo['emit'] {
  return (event) => {
    idle.onEvent(event)
    const idleForSec = idle.times
    emit(event.type === 'stats' && idleForSec !== undefined ? { ...event, idleForSec } : event)
  }
}

function announceEnding({ io, ending }: Take): void {
  void ending.ended.then((end) => {
    if (end.error !== null) io.emit({ type: 'failing', at: instant(), error: errorInfo(end.error) })
    else if (isAskedFor(end)) io.emit({ type: 'finalizing', at: instant() })
  })
}

/** Stores the rest of the take. A store that does not take it fails the take, unless that has failed before. */
async function closeOutput({ io, ending: { ended } }: Take, spool: Spool, output: TakeOutput): Promise<TakeResult> {
  const ending = await ended
  try {
    await output.close(ending, AbortSignal.timeout(STORE_DEADLINE_MS))
    return { ending, figures: output.figures }
  } catch (thrown) {
    io.logger.error(
      { err: thrown, spool: spool.path },
      'the store does not take the rest of the recording; it stays in the spool',
    )
    const failed: Ending = { reason: 'failed', error: toAppError(thrown) }
    return { ending: ending.error === null ? failed : ending, figures: output.figures }
  }
}

/** What is needed to store the take when nobody else knows of it. */
function aboutTake(request: RecorderRequest): Omit<SpooledTake, 'owner'> {
  const { recordingId, take, segmentSec, video } = request
  const progress: TakeProgress = { state: 'recording', startedAt: instant(), endedAt: null, error: null }
  return {
    recordingId,
    take,
    targetDurationSec: targetDuration(segmentSec, video.fps),
    manifest: buildManifest(request, undefined, progress, NOTHING_STORED),
  }
}

/** Logs and emits what an operator should read and what does not end the take. */
function warner(io: RecorderIo): (error: AppError) => void {
  return (error) => {
    io.logger.warn({ err: error }, error.message)
    io.emit({ type: 'warning', at: instant(), error: errorInfo(error) })
  }
}

function failedBefore(error: AppError): TakeResult {
  return {
    ending: { reason: 'failed', error },
    figures: { durationSec: 0, segments: 0, bytes: 0, segmentLatencyMs: 0 },
  }
}

function instant(): string {
  return new Date().toISOString()
}
