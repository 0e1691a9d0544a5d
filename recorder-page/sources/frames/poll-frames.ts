import { repeat } from '../../../src/timing/index.ts'
import type { SourceDriver } from '../driver/source-driver.ts'
import type { SourceStatus } from '../driver/source-status.ts'
import { FrameWatch } from './frame-watch.ts'

/** How often frames are counted: five times within the time after which a still picture counts as stalled. */
const FRAME_POLL_MS = 200

interface PolledPlayer {
  /** Pictures that were shown; it may fall back when the player gets new media. */
  readonly frames: number
  readonly hasEnded: boolean
}

/** Tells a source's status and driver how its picture moves, until it is disposed. */
export function pollFrames(player: PolledPlayer, status: SourceStatus, driver: SourceDriver): Disposable {
  const watch = new FrameWatch(performance.now())
  const poll = (): void => {
    const nowMs = performance.now()
    const motion = watch.count(player.frames, nowMs)
    // The last frames are counted after the end of the media; they do not make it live again.
    if (motion === 'moving' && !player.hasEnded) status.picture()
    else if (motion === 'still') status.noPicture()
    driver.tick({ nowMs, quietMs: watch.quietMs(nowMs) })
  }
  return repeat({ everyMs: FRAME_POLL_MS, work: poll })
}
