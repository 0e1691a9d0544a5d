import type { ClipSchedule, Highlights } from '../../highlights/index.ts'
import type { RecorderEvent, RecorderRequest } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { untilWritten } from '../until-written.ts'

/** What a running take reports of highlights. */
export interface HighlightReports {
  /** The take records: highlights that wait for a cut ask it again. */
  started(): void
  /** A signal or a rule asks for one: it is written as soon as the database takes it. */
  trigger(event: Trigger): void
  /** More of the recording is stored: highlights that waited for it are due. */
  segment(event: Extract<RecorderEvent, { type: 'segment' }>): void
  /** Resolves when everything so far is written. */
  flush(): Promise<void>
}

export interface HighlightReportPorts {
  readonly highlights: Pick<Highlights, 'trigger'>
  readonly clips: Pick<ClipSchedule, 'takeStarted' | 'storedUntil' | 'recordingEnded'>
  readonly logger: Logger
}

/** Times of pictures are rounded in the playlist; half a picture early is not too early. */
const EARLY_FRAMES = 0.5

/** Triggers are written beside each other and beside the other reports of the take: none waits for another. */
export function reportHighlights(
  { highlights, clips, logger }: HighlightReportPorts,
  { recordingId, video }: Pick<RecorderRequest, 'recordingId' | 'video'>,
): HighlightReports {
  const earlyMs = (EARLY_FRAMES * 1000) / video.fps
  const open = new Set<Promise<void>>()
  const write = async ({ key, at, trigger, rule, label, by, metadata, preSec, postSec }: Trigger): Promise<void> => {
    const asked = { at, preSec, postSec, metadata, ...(label !== null && { label }), ...(by !== null && { by }) }
    try {
      const { id } = await untilWritten(() => highlights.trigger(recordingId, asked, { trigger, key, rule }), logger)
      logger.info({ highlightId: id, at, by, rule }, 'a highlight was triggered')
    } catch (err) {
      logger.error({ err, at, by, rule }, 'a highlight could not be triggered')
    }
  }
  const orderCuts = async (): Promise<void> => {
    await untilWritten(() => clips.takeStarted(recordingId), logger).catch((err: unknown) => {
      logger.error({ err }, 'a take could not be asked for the cuts that highlights wait for')
    })
  }
  const run = (work: Promise<void>): void => {
    const done = work.finally(() => open.delete(done))
    open.add(done)
  }
  return {
    started: () => run(orderCuts()),
    trigger: (event) => run(write(event)),
    segment({ programDateTime, durationSec }) {
      clips.storedUntil(recordingId, Date.parse(programDateTime) + durationSec * 1000 + earlyMs)
    },
    async flush() {
      await Promise.all(open)
    },
  }
}

type Trigger = Extract<RecorderEvent, { type: 'trigger' }>
