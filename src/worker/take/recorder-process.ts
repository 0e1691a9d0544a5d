import { type Child, type ChildExit, type ChildOptions, spawnChild } from '../../machine/index.ts'
import { AppError, type RecorderCommand, type RecorderEvent, type RecorderRequest } from '../../protocol/index.ts'

export type RecorderExit = ChildExit

/** A recorder as a child process. */
export interface RecorderProcess extends Child {
  send(command: RecorderCommand): void
}

interface RecorderProcessOptions extends Omit<ChildOptions, 'onMessage' | 'nice'> {
  readonly request: RecorderRequest
  readonly onEvent: (event: RecorderEvent) => void
}

/** Starts the process and hands it its request. Throws `recorder.crashed` when the process cannot be started. */
export async function spawnRecorder({
  request,
  onEvent,
  ...options
}: RecorderProcessOptions): Promise<RecorderProcess> {
  const onMessage = (message: unknown) => onEvent(message as RecorderEvent)
  const child = await spawnChild({ ...options, onMessage }).catch((cause: unknown) => {
    throw new AppError('recorder.crashed', 'The recorder process could not be started.', { cause })
  })
  child.send(request)
  return child
}
