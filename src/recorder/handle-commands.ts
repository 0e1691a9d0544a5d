import {
  AppError,
  assertNever,
  type ErrorInfo,
  errorInfo,
  MAX_SOURCES,
  type RecorderCommand,
  type RecorderEvent,
  type Signal,
  type ToPage,
  toAppError,
} from '../protocol/index.ts'
import type { EndingSwitch } from './take-ending.ts'
import type { TakeHandover } from './take-handover.ts'
import type { TakePauses } from './take-pauses.ts'

interface CommandContext {
  readonly ending: EndingSwitch
  readonly emit: (event: RecorderEvent) => void
  readonly send: (message: ToPage) => void
  readonly addSignals: (signals: readonly Signal[]) => void
  readonly pauses: Pick<TakePauses, 'set'>
  readonly handover: Pick<TakeHandover, 'handle'>
  /** The ids of the sources that the page has; the commands change it. */
  readonly sourceIds: Set<string>
}

/**
 * Carries out commands in their order and answers each; it ends with the stream of commands. A command that takes the page a
 * moment is answered when it is done, and holds up no other.
 */
export async function handleCommands(commands: AsyncIterable<RecorderCommand>, context: CommandContext): Promise<void> {
  for await (const command of commands) {
    const answer = (error: ErrorInfo | null): void => context.emit({ type: 'ack', commandId: command.commandId, error })
    try {
      const done = carryOut(command, context)
      if (done === undefined) answer(null)
      else void done.then(() => answer(null))
    } catch (thrown) {
      answer(errorInfo(toAppError(thrown)))
    }
  }
}

function carryOut(command: RecorderCommand, context: CommandContext): Promise<void> | undefined {
  const { ending, send, addSignals, sourceIds, pauses, handover } = context
  if (command.type === 'stop') {
    ending.end('stopped')
    return undefined
  }
  if (ending.signal.aborted) throw new AppError('recording.wrong-state', 'The recorder is ending its take')
  switch (command.type) {
    case 'layout':
      send({ type: 'layout', layout: command.layout })
      break
    case 'source.add':
      if (sourceIds.has(command.source.id)) throw sourceError('source.duplicate', command.source.id)
      if (sourceIds.size >= MAX_SOURCES) throw sourceLimit()
      sourceIds.add(command.source.id)
      send({ type: 'source.add', source: command.source })
      break
    case 'source.update':
      if (!sourceIds.has(command.sourceId)) throw sourceError('source.not-found', command.sourceId)
      send({ type: 'source.update', sourceId: command.sourceId, patch: command.patch })
      break
    case 'source.remove':
      if (!sourceIds.delete(command.sourceId)) throw sourceError('source.not-found', command.sourceId)
      send({ type: 'source.remove', sourceId: command.sourceId })
      break
    case 'signals':
      addSignals(command.signals)
      break
    case 'cut':
      send({ type: 'cut', ...(command.atMs !== undefined && { atMs: command.atMs }) })
      break
    case 'pause':
    case 'resume':
      return pauses.set(command.type === 'pause')
    case 'handover.freeze-pacing':
    case 'handover.positions':
    case 'handover.begin':
    case 'handover.end':
      handover.handle(command)
      break
    default:
      return assertNever(command)
  }
  return undefined
}

function sourceLimit(): AppError {
  const message = `The recording has ${MAX_SOURCES} sources, which is the most: remove one first`
  return new AppError('source.limit', message, { allowed: `${MAX_SOURCES} sources` })
}

function sourceError(code: 'source.duplicate' | 'source.not-found', sourceId: string): AppError {
  const has = code === 'source.duplicate' ? 'already has' : 'has no'
  return new AppError(code, `The recording ${has} source \`${sourceId}\``, { field: '/id', received: sourceId })
}
