import type { RecorderCommand, RecorderRequest } from '../../protocol/index.ts'
import type { CommandLog } from '../../recording/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { type Courier, carryCommands } from './deliver-commands.ts'
import type { RecorderProcess } from './recorder-process.ts'

/** All that is said to one recorder: what the recording is asked to do, and what takes say to each other in a hand-over. */
export interface CommandChannel extends Disposable {
  /** From now on things can be said; what was to be said before is. */
  attach(recorder: Pick<RecorderProcess, 'send'>): void
  tell(command: RecorderCommand): void
  /** Brings no more orders; resumes with `takeOrders`. Returns how far it got. */
  stopOrders(): number
  /** Brings the orders after this one. */
  takeOrders(after: number): void
  /** Calls back with each order that the recorder is brought. */
  listen(listener: (command: RecorderCommand) => void): Disposable
}

export interface CommandChannelOptions {
  readonly commands: CommandLog
  readonly request: RecorderRequest
  readonly logger: Logger
  readonly onStop: () => void
}

/** A take that waits to take over gets the room's history at once, and orders after `takeOrders`. */
export function createCommandChannel({ commands, request, logger, onStop }: CommandChannelOptions): CommandChannel {
  const listeners = new Set<(command: RecorderCommand) => void>()
  const early: RecorderCommand[] = []
  let recorder: Pick<RecorderProcess, 'send'> | undefined
  let courier: Courier | undefined
  let standby = request.handover === null ? undefined : Promise.withResolvers<number>()
  let closed = false

  const onCommand = (command: RecorderCommand): void => {
    for (const listener of listeners) listener(command)
    if (command.type === 'stop') onStop()
  }
  function start(to: Pick<RecorderProcess, 'send'>, from: { isLaterTake: boolean; after?: number }): void {
    const { recordingId } = request
    courier = carryCommands(commands, {
      recordingId,
      ...from,
      standby: standby?.promise,
      recorder: to,
      logger,
      onCommand,
    })
  }
  return {
    attach(to) {
      if (closed) return
      recorder = to
      for (const command of early.splice(0)) to.send(command)
      start(to, { isLaterTake: request.take > 1 })
    },
    tell(command) {
      if (recorder === undefined) early.push(command)
      else recorder.send(command)
    },
    stopOrders() {
      courier?.[Symbol.dispose]()
      return courier?.lastSeq ?? 0
    },
    takeOrders(after) {
      if (standby !== undefined) standby.resolve(after)
      else if (recorder !== undefined && !closed) start(recorder, { isLaterTake: false, after })
      standby = undefined
    },
    listen(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => listeners.delete(listener) }
    },
    [Symbol.dispose]() {
      closed = true
      courier?.[Symbol.dispose]()
    },
  }
}
