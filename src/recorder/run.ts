import { randomBytes } from 'node:crypto'
import { buildManifest, type FencedStore, fenceStore, type TakeProgress } from '../archive/index.ts'
import { yieldToMainThread } from '../machine/index.ts'
import { createOutboundPolicy } from '../outbound/index.ts'
import { targetDuration } from '../playlist/index.ts'
import { type AppError, errorInfo, type RecorderRequest, type Signal, toAppError } from '../protocol/index.ts'
import { NOTHING_STORED } from '../recording/record.ts'
import { openSpool, type Spool, type SpooledTake } from '../spool/index.ts'
import { openStore } from '../store/index.ts'
import { createEndingSwitch, type Ending, type EndingSwitch, isAskedFor } from './ending.ts'
import { createHandOver, type HandOver } from './hand-over.ts'
import { handleCommands } from './handle-commands.ts'
import { type IdleWatch, watchIdle } from './health/idle-watch.ts'
import { reportStats } from './health/report-stats.ts'
import { startWatchdog } from './health/watchdog.ts'
import { launchBrowser } from './page/browser.ts'
import { startPageServer } from './page/page-server.ts'
import type { RecorderIo } from './recorder-io.ts'
import { checkBoardImages } from './room/board-images.ts'
import { joinSignalling } from './room/signalling.ts'
import { createTriggers, type Triggers } from './room/triggers.ts'
import { openTakeOutput, type TakeFigures, type TakeOutput } from './take-output.ts'
import { createTakePage, type TakePage } from './take-page.ts'

/** How long the page may take to flush its encoders after an end in order; what it sent until then is kept. */
const PAGE_STOP_MS = 2_000
/** How long the store may fail after the end before the rest of the take stays in the spool. */
const STORE_DEADLINE_MS = 30_000
/** How long a standby take may be without a picture. */
const STANDBY_MS = 60_000

interface Take {
  readonly request: RecorderRequest
  readonly io: RecorderIo
  readonly ending: EndingSwitch
  readonly warn: (error: AppError) => void
}

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
  await using opened = await openStore(request.store)
  const store = fenceStore(opened, request, take.ending.fail)
  await using spool = await openSpool(request.spoolDir, aboutTake(request))
  return await recordInto(store, spool, take)
}

async function recordInto(store: FencedStore, spool: Spool, take: Take): Promise<TakeResult> {
  const { request, ending, warn } = take
  const sourceIds = new Set(request.sources.map((source) => source.id))
  using idle = watchIdle({
    request,
    sourceIds,
    nowMs: () => performance.now(),
    onIdle(rule) {
      take.io.logger.info({ rule }, 'nothing happens any more')
      ending.end('idle')
    },
  })
  const emit: RecorderIo['emit'] = (event) => {
    idle.observe(event)
    const idleForSec = idle.times()
    take.io.emit(event.type === 'stats' && idleForSec !== undefined ? { ...event, idleForSec } : event)
  }
  const io = { ...take.io, emit }
  const page = createTakePage({
    request,
    io,
    ending,
    onPacket: (packet) => output.push(packet),
    onLoudness: (reading) => triggers.hear(reading),
  })
  const ready = Promise.race([page.started, ending.ended])
  const triggers = createTriggers({ request, ready, emit: io.emit, send: page.link.send, nowMs: Date.now })
  const output: TakeOutput = openTakeOutput({
    request,
    store,
    spool,
    takeEpochMs: page.link.takeEpochMs,
    pausedMsBefore: page.pausing.pausedMsBefore,
    emit: io.emit,
    onWarning: warn,
    onFailed: ending.fail,
  })
  void ending.ended.then((end) => {
    if (end.error !== null) io.emit({ type: 'failing', at: instant(), error: errorInfo(end.error) })
    else if (isAskedFor(end)) io.emit({ type: 'finalizing', at: instant() })
  })
  using handOver = createHandOver({ request, page, ending, emit: io.emit })
  await showUntilEnded({ take, spool, page, output, triggers, idle, sourceIds, handOver }).catch((thrown: unknown) =>
    ending.fail(toAppError(thrown)),
  )
  const end = await ending.ended
  try {
    await output.close(end, AbortSignal.timeout(STORE_DEADLINE_MS))
    return { ending: end, figures: output.figures }
  } catch (thrown) {
    io.logger.error(
      { err: thrown, spool: spool.path },
      'the store does not take the rest of the recording; it stays in the spool',
    )
    return {
      ending: end.error === null ? { reason: 'failed', error: toAppError(thrown) } : end,
      figures: output.figures,
    }
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

interface Stage {
  readonly take: Take
  readonly spool: Spool
  readonly page: TakePage
  readonly output: TakeOutput
  readonly triggers: Triggers
  readonly idle: IdleWatch
  readonly handOver: HandOver
  /** The sources that the recording has now. */
  readonly sourceIds: Set<string>
}

/** Page server, Chrome, page, signalling; then it waits for the end and lets the page finish. */
async function showUntilEnded(stage: Stage): Promise<void> {
  const { request, io, ending, warn } = stage.take
  const { link, pausing } = stage.page
  const showSignals = checkBoardImages({
    policy: createOutboundPolicy(request),
    deliver: (signals) => link.send({ type: 'signals', signals }),
    onRefused: warn,
  })
  const addSignals = (signals: readonly Signal[]): void => {
    const fresh = stage.output.addSignals(signals)
    if (fresh.length === 0) return
    stage.idle.see(fresh)
    stage.triggers.see(fresh)
    showSignals(fresh)
  }
  const { sourceIds } = stage
  void handleCommands(io.commands, {
    ending,
    emit: io.emit,
    send: link.send,
    addSignals,
    sourceIds,
    pausing,
    handOver: stage.handOver,
  }).catch((error: unknown) => io.logger.error({ err: error }, 'the stream of commands broke'))
  await using _signalling =
    request.signalling === null
      ? undefined
      : joinSignalling({ signalling: request.signalling, logger: io.logger, onSignals: addSignals, onTrouble: warn })
  await using server = await startPageServer({
    pageDir: io.pageDir,
    secret: randomBytes(24).toString('base64url'),
    onControl: link.acceptControl,
    onPackets: link.acceptPackets,
  })
  await using browser = await launchBrowser({
    chromePath: request.chromePath,
    profileDir: stage.spool.chromeProfile,
    size: request.video,
    logger: io.logger,
    onGone: ending.fail,
  })
  using watchdog = startWatchdog({
    send: link.send,
    onFailed: ending.fail,
    onWarning: warn,
    onHighMemory: stage.handOver.renew,
    ...(request.handover !== null && { limits: { startMs: STANDBY_MS } }),
  })
  stage.page.watch(watchdog)
  await using _stats = reportStats({
    emit: io.emit,
    frames: stage.page.frames,
    figures: () => stage.output.figures,
    onMemory: watchdog.sawMemory,
    onError: (error) => io.logger.warn({ err: error }, 'the load of the recorder could not be measured'),
  })
  await Promise.race([browser.open(server.url), ending.ended])
  await using _priority = yieldToMainThread(browser.pid)
  const { error } = await ending.ended
  await link.stop(error === null ? AbortSignal.timeout(PAGE_STOP_MS) : AbortSignal.abort())
}

/** What an operator should read, that does not end the take. */
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
