import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import { ffmpegFailed, lastLines } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'

export interface FfmpegOptions {
  /** Aborting it kills the program; the signal's reason is thrown once the process is gone. */
  readonly signal?: AbortSignal
  readonly ffmpegPath?: string
}

type ProgramInput = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/** One command line of FFmpeg or ffprobe, and what is around it. */
export interface ProgramCall {
  readonly program: 'ffmpeg' | 'ffprobe'
  readonly args: readonly string[]
  /** What its standard input gives; nothing without it. */
  readonly input?: ProgramInput | undefined
  /** What relative file names of the command are relative to. */
  readonly folder?: string | undefined
}

/** What the program complained of, at the log level of its command. */
interface Complaints {
  readonly complaints: readonly string[]
}

/** A program whose standard output is read as it comes; a reader that stops early ends it. */
interface RunningProgram extends Complaints {
  readonly output: AsyncIterable<Uint8Array>
}

/** Runs the program to its end and returns all of its standard output. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function runProgram(
  call: ProgramCall,
  options: FfmpegOptions,
): Promise<Complaints & { readonly output: Buffer }> {
  const parts: Uint8Array[] = []
  const running = streamProgram(call, options)
  for await (const part of running.output) parts.push(part)
  return { output: Buffer.concat(parts), complaints: running.complaints }
}

/** Feeds the program and hands on what it writes. Its failure, or that of its input, is thrown to the reader of the output. */
export function streamProgram(call: ProgramCall, options: FfmpegOptions): RunningProgram {
  const run = new ProgramRun(call)
  return {
    get complaints() {
      return run.complaints
    },
    output: run.output(options),
  }
}

const NAMES = { ffmpeg: 'FFmpeg', ffprobe: 'ffprobe' } as const
/** How much of the end of a log is kept, characters: more than is quoted. */
const LOG_CHARS = 16_384

/** One command line, from its start to the end of its process. */
class ProgramRun {
  readonly #call: ProgramCall
  #log = ''
  #inputFailure: { readonly error: unknown } | undefined

  constructor(call: ProgramCall) {
    this.#call = call
  }

  get complaints(): readonly string[] {
    return lastLines(this.#log)
  }

  async *output({ signal, ffmpegPath }: FfmpegOptions): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    const tools = await findFfmpeg(ffmpegPath)
    signal?.throwIfAborted()
    const child = start(tools[this.#call.program], this.#call, signal)
    this.#connect(child)
    try {
      yield* child.stdout.iterator({ destroyOnReturn: false })
      await child
    } catch (error) {
      // The output of a process that could not be started breaks off; the result has the reason.
      child.kill()
      this.#assertSuccess(await child)
      throw error
    } finally {
      child.kill()
      child.stdout.resume()
      await child
      signal?.throwIfAborted()
    }
    this.#assertSuccess(await child)
  }

  /** Begins to read the program's log and to write its input. */
  #connect(child: Process): void {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_CHARS)
    })
    // A program may leave some of its input unread; its exit code says whether that is a failure.
    pipeline(this.#untilFailure(child), child.stdin).catch(() => undefined)
  }

  /** A failing input ends the process, and its error is thrown in place of the program's. */
  async *#untilFailure(child: Process): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#call.input ?? []
    } catch (error) {
      this.#inputFailure = { error }
      child.kill()
    }
  }

  #assertSuccess(result: Awaited<Process>): void {
    if (this.#inputFailure !== undefined) throw this.#inputFailure.error
    const { exitCode, signal, originalMessage } = result
    if (exitCode === 0) return
    const isStarted = exitCode !== undefined || signal !== undefined
    throw ffmpegFailed(NAMES[this.#call.program], {
      code: exitCode ?? null,
      signal: signal ?? null,
      notStarted: isStarted ? undefined : originalMessage?.replaceAll('\n', '; '),
      lines: this.complaints,
      cause: result,
    })
  }
}

type Process = ReturnType<typeof start>

/** A process that fails does not reject: it is judged by its result. What it writes is read as it comes. */
function start(path: string, { args, folder }: ProgramCall, cancelSignal: AbortSignal | undefined) {
  return execa(path, args, {
    reject: false,
    buffer: false,
    killSignal: 'SIGKILL',
    stdin: 'pipe',
    ...(folder !== undefined && { cwd: folder }),
    ...(cancelSignal !== undefined && { cancelSignal }),
  })
}
