import { yieldToMainThread } from '../machine/index.ts'
import { createOutboundPolicy } from '../outbound/index.ts'
import type { AppError, RecorderRequest, Signal } from '../protocol/index.ts'
import type { Spool } from '../spool/index.ts'
import { handleCommands } from './handle-commands.ts'
import type { IdleWatch } from './health/idle-watch.ts'
import { reportStats } from './health/report-stats.ts'
import { Watchdog } from './health/watchdog.ts'
import type { OpenPage } from './page/index.ts'
import type { RecorderIo } from './recorder-io.ts'
import { checkBoardImages } from './room/board-images.ts'
import { joinSignalling } from './room/signalling.ts'
import type { Triggers } from './room/triggers.ts'
import type { EndingSwitch } from './take-ending.ts'
import type { TakeHandover } from './take-handover.ts'
import type { TakeOutput } from './take-output.ts'
import type { TakePage } from './take-page.ts'

/** How long the page may take to flush its encoders after an end in order; what it sent until then is kept. */
const PAGE_STOP_MS = 2_000
/** How long a standby take may be without a picture. */
const STANDBY_MS = 60_000

/** What is known of a take from its launch on. */
export interface Take {
  readonly request: RecorderRequest
  readonly io: RecorderIo
  readonly ending: EndingSwitch
  readonly warn: (error: AppError) => void
}

/** What a take consists of once it records. */
export interface TakeStage {
  readonly take: Take
  readonly spool: Spool
  /** Chrome with the page, which was launched before. */
  readonly opened: OpenPage
  readonly page: TakePage
  readonly output: TakeOutput
  readonly triggers: Triggers
  readonly idle: IdleWatch
  readonly handover: TakeHandover
  /** The sources that the recording has now. */
  readonly sourceIds: Set<string>
}

/** Opens the commands and signalling, has the page record, waits for the end, lets the page finish and closes Chrome. */
export async function showUntilEnded(stage: TakeStage): Promise<void> {
  const { request, io, ending, warn } = stage.take
  const { opened, page, spool } = stage
  const addSignals = signalIntake(stage)
  followCommands(stage, addSignals)
  await using _signalling =
    request.signalling === null
      ? undefined
      : joinSignalling({ signalling: request.signalling, logger: io.logger, onSignals: addSignals, onTrouble: warn })
  await using _opened = opened
  opened.belongTo({ link: page.link, logger: io.logger, onGone: ending.fail })
  await spool.linkChromeProfile(await opened.profileDir)
  const chromePid = await opened.pid
  using watchdog = watchPage(stage)
  await using _stats = reportStats({
    emit: io.emit,
    frames: () => stage.page.frames,
    figures: () => stage.output.figures,
    onMemory: (bytes) => watchdog.onMemory(bytes),
    onError: (error) => io.logger.warn({ err: error }, 'the load of the recorder could not be measured'),
  })
  await Promise.race([opened.opened, ending.ended])
  await using _priority = yieldToMainThread(chromePid)
  const { error } = await ending.ended
  await stage.page.link.stop(error === null ? AbortSignal.timeout(PAGE_STOP_MS) : AbortSignal.abort())
}

/** Keeps signals that are new, then passes them to the idle rules, the triggers and the page, in this order. */
function signalIntake({ take, page, output, triggers, idle }: TakeStage): (signals: readonly Signal[]) => void {
  const show = checkBoardImages({
    policy: createOutboundPolicy(take.request),
    deliver: (signals) => page.link.send({ type: 'signals', signals }),
    onRefused: take.warn,
  })
  return (signals) => {
    const fresh = output.addSignals(signals)
    if (fresh.length === 0) return
    idle.onSignals(fresh)
    triggers.onSignals(fresh)
    show(fresh)
  }
}

function followCommands(
  { take: { io, ending }, page, handover, sourceIds }: TakeStage,
  addSignals: (signals: readonly Signal[]) => void,
): void {
  void handleCommands(io.commands, {
    ending,
    emit: io.emit,
    send: (message) => page.link.send(message),
    addSignals,
    sourceIds,
    pauses: page.pauses,
    handover,
  }).catch((error: unknown) => io.logger.error({ err: error }, 'the stream of commands broke'))
}

function watchPage({ take: { request, ending, warn }, page, handover }: TakeStage): Watchdog {
  const watchdog = new Watchdog({
    send: (message) => page.link.send(message),
    onFailed: ending.fail,
    onWarning: warn,
    onHighMemory: () => handover.renewBrowser(),
    ...(request.handover !== null && { limits: { startMs: STANDBY_MS } }),
  })
  page.watchWith(watchdog)
  return watchdog
}
