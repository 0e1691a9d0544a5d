import { type Child, type ChildExit, makeWorkFolder, spawnChild } from '../../machine/index.ts'
import { AppError, type ClipperEvent, type ClipperRequest, toAppError } from '../../protocol/index.ts'
import type { Logger } from '../../telemetry/index.ts'
import { logRecorderLine } from '../child-log.ts'

export interface ClipperOptions {
  /** The program: an absolute path of a script for this Node. */
  readonly script: string
  readonly environment: Readonly<Record<string, string>>
  readonly logger: Logger
  /** How long a clip function that nobody needed stays ready. */
  readonly spareMs?: number
}

/** One-shot clip functions. One may wait for its job, because to start a process takes longer than to cut a clip. */
export interface ClipperPool extends AsyncDisposable {
  /** Soon there will be a job. */
  warm(): void
  /** Resolves with the one answer. Throws `clipper.crashed` without one, and the signal's reason when that aborts it. */
  run(
    request: ClipperRequest,
    options: { readonly signal: AbortSignal; readonly logger: Logger },
  ): Promise<ClipperEvent>
}

/** Recording goes first (nice values, POSIX). */
const NICE = 10
/** As long as the longest post-roll. */
const SPARE_MS = 600_000
/** A clip function that has answered has nothing more to do than to go. */
const EXIT_MS = 2000

export function createClipperPool(options: ClipperOptions): ClipperPool {
  let spare: Promise<Clipper | undefined> | undefined
  let idle: NodeJS.Timeout | undefined
  let closed = false

  const take = async (): Promise<Clipper> => {
    const waiting = spare
    spare = undefined
    clearTimeout(idle)
    const ready = await waiting
    if (ready?.isAlive() === true) return ready
    await ready?.[Symbol.asyncDispose]()
    return await spawnClipper(options)
  }
  const dropSpare = async (): Promise<void> => {
    clearTimeout(idle)
    const waiting = spare
    spare = undefined
    await (await waiting)?.[Symbol.asyncDispose]()
  }
  const warm = (): void => {
    if (closed) return
    clearTimeout(idle)
    idle = setTimeout(() => void dropSpare(), options.spareMs ?? SPARE_MS)
    spare ??= spawnClipper(options).catch((thrown: unknown) => {
      options.logger.warn({ err: toAppError(thrown) }, 'a clip function could not be started in advance')
      return undefined
    })
  }

  return {
    warm,
    async run(request, { signal, logger }) {
      await using clipper = await take()
      try {
        return await clipper.run(request, signal, logger)
      } finally {
        warm()
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await dropSpare()
    },
  }
}

/** A process that has not had its job yet. Disposing it ends it and removes what it left in its folder. */
interface Clipper extends AsyncDisposable {
  isAlive(): boolean
  run(request: ClipperRequest, signal: AbortSignal, logger: Logger): Promise<ClipperEvent>
}

async function spawnClipper({ script, environment, logger: idleLogger }: ClipperOptions): Promise<Clipper> {
  await using undo = new AsyncDisposableStack()
  const folder = undo.use(await makeWorkFolder('clip'))
  const answered = Promise.withResolvers<ClipperEvent>()
  let logger = idleLogger
  let exit: ChildExit | undefined
  const child = undo.use(
    await spawnChild({
      script,
      environment: { ...environment, TMPDIR: folder.path },
      nice: NICE,
      onMessage: (message) => answered.resolve(message as ClipperEvent),
      onLine: (line, stream) => logRecorderLine(logger, line, stream),
    }).catch((cause: unknown) => {
      throw new AppError('clipper.crashed', 'The clip function could not be started.', { cause })
    }),
  )
  void child.exited.then((ended) => {
    exit = ended
  })
  const resources = undo.move()
  return {
    isAlive: () => exit === undefined,
    async run(request, signal, jobLogger) {
      logger = jobLogger
      signal.throwIfAborted()
      child.tell(request)
      const answer = await firstOf(child, answered.promise, signal)
      await gone(child)
      return answer
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** The answer; what was said before the process went counts. */
async function firstOf(child: Child, answer: Promise<ClipperEvent>, signal: AbortSignal): Promise<ClipperEvent> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(toAppError(signal.reason))
  signal.addEventListener('abort', abort, { once: true })
  const ended = child.exited.then((exit) => Promise.race([answer, Promise.reject(crashed(exit))]))
  try {
    return await Promise.race([answer, ended, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
    ended.catch(() => {})
  }
}

/** Waits for its end, but not for ever: whoever disposes of it kills what is left. */
async function gone(child: Child): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, EXIT_MS)
  await Promise.race([child.exited, late])
  clearTimeout(timer)
}

function crashed({ code, signal, lastLines }: ChildExit): AppError {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`
  const said = lastLines.length === 0 ? '' : ` Its last words: ${lastLines.slice(-3).join(' | ').slice(0, 1000)}`
  return new AppError('clipper.crashed', `The clip function ended ${how}.${said}`, {
    details: { exitCode: code, signal, lastLines },
  })
}
