import { type Child, type ChildExit, makeWorkFolder, spawnChild } from '../../machine/index.ts'
import { AppError, type ClipperEvent, type ClipperRequest, toAppError } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { unlessAborted, within } from '../../timing/index.ts'
import { logChildLine } from '../child-log.ts'
import { describeExit } from '../describe-exit.ts'

export interface ClipperScript {
  /** An absolute path of a script for this Node. */
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
}

/** A clip function without its job. Disposing it kills the process and removes what it left in its folder. */
export interface WaitingClipper extends AsyncDisposable {
  isAlive(): boolean
  /** Hands it its one job. Throws `clipper.crashed` without an answer, and the signal's reason when that aborts it. */
  run(request: ClipperRequest, signal: AbortSignal, logger: Logger): Promise<ClipperEvent>
}

/** Recordings take precedence (nice values, POSIX). */
const NICE = 10

/** Starts a clip function that waits for its job. Throws `clipper.crashed` when it cannot be started. */
export async function spawnClipper(
  { script, environment }: ClipperScript,
  { logger, exitMs }: { readonly logger: Logger; readonly exitMs: number },
): Promise<WaitingClipper> {
  await using undo = new AsyncDisposableStack()
  const folder = undo.use(await makeWorkFolder('clip'))
  const answered = Promise.withResolvers<ClipperEvent>()
  let lineLogger = logger
  const child = undo.use(
    await spawnChild({
      script,
      environment: { ...environment, TMPDIR: folder.path },
      nice: NICE,
      onMessage: (message) => answered.resolve(message as ClipperEvent),
      onLine: (line, stream) => logChildLine(lineLogger, line, stream),
    }).catch((cause: unknown) => {
      throw new AppError('clipper.crashed', 'The clip function could not be started.', { cause })
    }),
  )
  const life = watchLife(child, answered)
  const resources = undo.move()
  return {
    isAlive: () => life.isAlive,
    async run(request, signal, jobLogger) {
      lineLogger = jobLogger
      signal.throwIfAborted()
      child.send(request)
      const answer = await unlessAborted(signal, answered.promise, () => {
        throw toAppError(signal.reason)
      })
      // After its answer it only has to exit; if it does not, its disposal kills it.
      await within(exitMs, child.exited, () => undefined)
      return answer
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** An exit without an answer rejects it: what the process sent before its end was received by then. */
function watchLife(child: Child, answered: PromiseWithResolvers<ClipperEvent>): { readonly isAlive: boolean } {
  const life = { isAlive: true }
  answered.promise.catch(() => {})
  void child.exited.then((exit) => {
    life.isAlive = false
    answered.reject(crashed(exit))
  })
  return life
}

function crashed(exit: ChildExit): AppError {
  const { how, lastWords, details } = describeExit(exit)
  return new AppError('clipper.crashed', `The clip function ended ${how}.${lastWords}`, { details })
}
