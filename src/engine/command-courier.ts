import { setTimeout as sleep } from 'node:timers/promises'
import { toAppError } from '../protocol/index.ts'
import type { CommandLog } from '../recording/index.ts'
import type { Logger } from '../telemetry/index.ts'
import type { RecorderProcess } from './recorder-process.ts'

const RETRY_MS = 500

/**
 * Brings every command of a recording to its recorder, once and in order, from the take's begin on. `onCommand` hears
 * of each. Disposing it stops it.
 */
export function carryCommands(
  commands: CommandLog,
  {
    recordingId,
    recorder,
    logger,
    onCommand,
  }: {
    readonly recordingId: string
    readonly recorder: Pick<RecorderProcess, 'send'>
    readonly logger: Logger
    readonly onCommand: (type: string) => void
  },
): Disposable {
  let lastSeq = 0
  let wanted = false
  let busy = false
  let stopped = false

  const carry = async () => {
    wanted = true
    if (busy) return
    busy = true
    while (wanted && !stopped) {
      wanted = false
      try {
        for (const { id, seq, order } of await commands.pending(recordingId, lastSeq)) {
          if (stopped) break
          recorder.send({ ...order, commandId: id })
          lastSeq = seq
          onCommand(order.type)
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
    [Symbol.dispose]() {
      stopped = true
      watch[Symbol.dispose]()
    },
  }
}
