import { setTimeout as sleep } from 'node:timers/promises'
import { type RecorderCommand, toAppError } from '../../protocol/index.ts'
import type { CommandLog } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import type { RecorderProcess } from './recorder-process.ts'

const RETRY_MS = 500
const SIGNALS_AT_ONCE = 500

/** Disposing it stops it. */
export interface Courier extends Disposable {
  /** The newest command that was brought; 0 before the first. */
  readonly lastSeq: number
}

/**
 * Brings every command of a recording to its recorder, once and in order: what no take before it has answered, then what
 * comes. `onCommand` hears of each.
 */
export function carryCommands(
  commands: CommandLog,
  {
    recordingId,
    isLaterTake,
    after = 0,
    standby,
    recorder,
    logger,
    onCommand,
  }: {
    readonly recordingId: string
    /** It also gets all signals that earlier takes were sent. */
    readonly isLaterTake: boolean
    /** Commands up to this one are left out. */
    readonly after?: number
    /** Nothing but earlier signals is brought before it; it brings `after`. */
    readonly standby?: Promise<number> | undefined
    readonly recorder: Pick<RecorderProcess, 'send'>
    readonly logger: Logger
    readonly onCommand: (command: RecorderCommand) => void
  },
): Courier {
  let lastSeq = after
  let wanted = false
  let busy = false
  let stopped = false
  let replayed = !isLaterTake

  const replaySignals = async () => {
    const signals = await commands.signals(recordingId)
    for (let from = 0; from < signals.length; from += SIGNALS_AT_ONCE) {
      const some = signals.slice(from, from + SIGNALS_AT_ONCE)
      recorder.send({ type: 'signals', signals: some, commandId: `replay-${from}` })
    }
  }
  const carry = async () => {
    wanted = true
    if (busy) return
    busy = true
    while (wanted && !stopped) {
      wanted = false
      try {
        if (!replayed) await replaySignals()
        replayed = true
        if (standby !== undefined) lastSeq = Math.max(lastSeq, await standby)
        for (const { id, seq, command: stored } of await commands.pending(recordingId, lastSeq)) {
          if (stopped) break
          const command = { ...stored, commandId: id }
          recorder.send(command)
          lastSeq = seq
          onCommand(command)
        }
      } catch (thrown) {
        logger.warn({ err: toAppError(thrown) }, 'the commands of the recording cannot be read now')
        wanted = true
        await sleep(RETRY_MS)
      }
    }
    busy = false
  }
  const watch = commands.watch(recordingId, () => void carry())
  void carry()
  return {
    get lastSeq() {
      return lastSeq
    },
    [Symbol.dispose]() {
      stopped = true
      watch[Symbol.dispose]()
    },
  }
}
