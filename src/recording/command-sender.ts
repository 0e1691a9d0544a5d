import { AppError, appErrorFrom, type RecorderCommandBody } from '../protocol/index.ts'
import { applyCommand, wrongState } from './changes.ts'
import type { CommandLog } from './ports.ts'
import type { RecordingRecord } from './record.ts'
import type { Once } from './recordings.ts'
import { isRunning } from './state.ts'
import type { RecordingWriter } from './write.ts'

/** How long a running recorder may take to answer a command. */
const ACK_TIMEOUT_MS = 2000

interface CommandPorts {
  readonly commands: CommandLog
  readonly writer: RecordingWriter
  readonly newId: () => string
}

interface SendOptions {
  readonly once?: Once | undefined
  /** Refuses the command by throwing, in the transaction that changes the record; a running recorder checks for itself. */
  readonly check?: (current: RecordingRecord) => void
}

/** Sends commands to recordings, wherever their recorders run. */
export class CommandSender {
  readonly #ports: CommandPorts

  constructor(ports: CommandPorts) {
    this.#ports = ports
  }

  /**
   * Before its recorder runs, the command changes the record alone, and the recorder gets it once it is ready; while it runs,
   * the record changes when the recorder has confirmed. So the record always says what is shown. With `once` a repetition waits
   * for the answer to the first call, unless that was an error.
   * Errors: `recording.wrong-state`, `recorder.unreachable`, and what the recorder answers.
   */
  async send(record: RecordingRecord, command: RecorderCommandBody, options: SendOptions = {}): Promise<void> {
    const { commands, writer } = this.#ports
    const { once, check } = options
    const id = await this.#idOf(once)
    if (isRunning(record.state)) {
      await commands.append({ id, recordingId: record.id, command, applied: false })
      return await this.#confirm(id, record)
    }
    let isAssigned = false
    const after = await writer.change(record.id, (current, now) => {
      isAssigned = current.state !== 'requested'
      if (current.state === 'requested' || current.state === 'starting' || current.state === 'recovering') {
        check?.(current)
        // A stop counts when the recorder has confirmed it: if that one dies before, the next one gets it.
        return command.type === 'stop' ? undefined : applyCommand(current, command, now)
      }
      if (isRunning(current.state)) return undefined
      throw wrongState(current, command.type)
    })
    if (isRunning(after.state)) return await this.send(after, command, options)
    // A recording that no recorder has gets its first one with all that the record says; signals are not in it.
    if (!isAssigned && command.type !== 'signals') return
    await commands.append({ id, recordingId: record.id, command, applied: command.type !== 'stop' })
  }

  async #idOf(once: Once | undefined): Promise<string> {
    const { commands, newId } = this.#ports
    if (once === undefined) return newId()
    const known = await commands.find(once.key)
    return known?.answer?.error ? newId() : once.key
  }

  async #confirm(id: string, record: RecordingRecord): Promise<void> {
    const answer = await this.#ports.commands.waitForAnswer(id, ACK_TIMEOUT_MS)
    if (answer === undefined) {
      throw new AppError(
        'recorder.unreachable',
        `The recorder of ${record.id} did not answer within ${ACK_TIMEOUT_MS} ms: look at the recording's state, then try again.`,
        { details: { commandId: id } },
      )
    }
    if (answer.error !== null) throw appErrorFrom(answer.error)
  }
}
