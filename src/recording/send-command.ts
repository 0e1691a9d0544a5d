import { AppError, appErrorFrom, type RecorderOrder } from '../protocol/index.ts'
import { applyOrder, wrongState } from './changes.ts'
import type { CommandLog } from './ports.ts'
import type { RecordingRecord } from './record.ts'
import { isRunning } from './state.ts'
import type { RecordingWriter } from './write.ts'

/** How long a running recorder may take to answer a command. */
export const ACK_TIMEOUT_MS = 2000

export interface OrderPorts {
  readonly commands: CommandLog
  readonly writer: RecordingWriter
  readonly newId: () => string
}

/**
 * Has a recording sendCommand an order. Before its recorder runs the record alone changes, and the recorder hears of it once it
 * is ready; while it runs, the record changes when the recorder has confirmed. So the record always says what is shown.
 * Errors: `recording.wrong-state`, `recorder.unreachable`, and what the recorder answers.
 */
export async function sendCommand(
  { commands, writer, newId }: OrderPorts,
  record: RecordingRecord,
  order: RecorderOrder,
): Promise<void> {
  const id = newId()
  if (isRunning(record.state)) {
    await commands.append({ id, recordingId: record.id, order, applied: false })
    return await confirmed(commands, id, record)
  }
  let assigned = false
  const after = await writer.change(record.id, (current, now) => {
    assigned = current.state !== 'requested'
    if (current.state === 'requested' || current.state === 'starting' || current.state === 'recovering') {
      // A stop is obeyed when the recorder has confirmed it: if it dies before, the next one is told.
      return order.type === 'stop' ? undefined : applyOrder(current, order, now)
    }
    if (isRunning(current.state)) return undefined
    throw wrongState(current, order.type)
  })
  if (isRunning(after.state)) return await sendCommand({ commands, writer, newId }, after, order)
  if (assigned) await commands.append({ id, recordingId: record.id, order, applied: order.type !== 'stop' })
}

async function confirmed(commands: CommandLog, id: string, record: RecordingRecord): Promise<void> {
  const answer = await commands.waitForAnswer(id, ACK_TIMEOUT_MS)
  if (answer === undefined) {
    throw new AppError(
      'recorder.unreachable',
      `The recorder of ${record.id} did not answer within ${ACK_TIMEOUT_MS} ms: look at the recording's state, then try again.`,
      { details: { commandId: id } },
    )
  }
  if (answer.error !== null) throw appErrorFrom(answer.error)
}
