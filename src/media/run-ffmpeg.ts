import { PassThrough, Readable, type Writable } from 'node:stream'
import createCommand, { type FfmpegCommand } from 'fluent-ffmpeg'
import { exitOf, ffmpegFailed, KEPT_LINES, lastLines } from './ffmpeg-error.ts'
import { findFfmpeg } from './find-ffmpeg.ts'
import { answerCapabilities } from './known-capabilities.ts'

export type { FfmpegCommand }

export interface FfmpegOptions {
  /** Aborting it kills FFmpeg; the signal's reason is thrown once the process is gone. */
  readonly signal?: AbortSignal
  readonly ffmpegPath?: string
}

/** What stands in a command for FFmpeg's standard input and output. */
export interface FfmpegPipes {
  readonly stdin: Readable
  readonly stdout: Writable
}

export interface FfmpegWork {
  /** Gives the command its inputs, filters and outputs. It is pure: it starts nothing. */
  readonly build: (command: FfmpegCommand, pipes: FfmpegPipes) => void
  /** What `stdin` gives; nothing without it. */
  readonly input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
  /** What relative file names of the command are relative to. */
  readonly folder?: string
}

/** What FFmpeg complained of, at the log level of its command. */
interface FfmpegComplaints {
  readonly complaints: readonly string[]
}

/** An FFmpeg whose standard output is read as it comes; a reader that stops early ends it. */
interface RunningFfmpeg extends FfmpegComplaints {
  readonly output: AsyncIterable<Uint8Array>
}

/** Runs FFmpeg to its end and returns all of its standard output. Errors: `ffmpeg.not-found`, `ffmpeg.failed`. */
export async function runFfmpeg(
  work: FfmpegWork,
  options: FfmpegOptions = {},
): Promise<FfmpegComplaints & { readonly output: Buffer }> {
  const parts: Uint8Array[] = []
  const running = streamFfmpeg(work, options)
  for await (const part of running.output) parts.push(part)
  return { output: Buffer.concat(parts), complaints: running.complaints }
}

/** Feeds an FFmpeg and hands on what it writes. Its failure, or that of its input, is thrown to the reader of the output. */
export function streamFfmpeg(work: FfmpegWork, options: FfmpegOptions = {}): RunningFfmpeg {
  const run = new FfmpegRun(work)
  return {
    get complaints() {
      return run.complaints
    },
    output: run.output(options),
  }
}

/** One command, from its arguments to the end of its process. */
class FfmpegRun {
  readonly #command: FfmpegCommand
  readonly #stdin: Readable
  /** Has no `close` event: fluent-ffmpeg takes that for a reader that left, and kills a process that is just ending. */
  readonly #stdout = new PassThrough({ emitClose: false })
  readonly #ended: Promise<void>
  #isKilled = false
  #inputFailure: { readonly error: unknown } | undefined
  #lines: readonly string[] = []

  constructor({ build, input = [], folder }: FfmpegWork) {
    this.#stdin = Readable.from(this.#untilFailure(input), { highWaterMark: 1 })
    this.#command = createCommand({ stdoutLines: KEPT_LINES, ...(folder !== undefined && { cwd: folder }) })
    answerCapabilities(this.#command)
    build(this.#command, { stdin: this.#stdin, stdout: this.#stdout })
    this.#ended = this.#watchEnd()
  }

  get complaints(): readonly string[] {
    return this.#lines
  }

  async *output({ signal, ffmpegPath }: FfmpegOptions): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    const { ffmpeg } = await findFfmpeg(ffmpegPath)
    signal?.throwIfAborted()
    const kill = (): void => this.#kill()
    signal?.addEventListener('abort', kill, { once: true })
    this.#command.setFfmpegPath(ffmpeg).run()
    try {
      yield* this.#stdout.iterator({ destroyOnReturn: false })
      await this.#ended
    } catch (error) {
      this.#assertInputRead()
      throw error
    } finally {
      signal?.removeEventListener('abort', kill)
      await this.#dispose()
      signal?.throwIfAborted()
    }
    this.#assertInputRead()
  }

  #assertInputRead(): void {
    if (this.#inputFailure !== undefined) throw this.#inputFailure.error
  }

  /** Resolves when the process is gone and all was well; what it wrote last may still be unread. */
  #watchEnd(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => undefined)
    let isPiped = false
    this.#stdout.once('pipe', () => {
      isPiped = true
    })
    const end = (log: string | null | undefined): void => {
      this.#lines = lastLines(log ?? '')
      // Nobody else ends the output of a command that writes files alone, or that never began.
      if (!isPiped) this.#stdout.end()
    }
    this.#command.on('start', () => {
      if (this.#isKilled) this.#command.kill('SIGKILL')
    })
    this.#command.on('end', (_, log) => {
      end(log)
      resolve()
    })
    this.#command.on('error', (cause, _, log) => {
      end(log)
      reject(ffmpegFailed('FFmpeg', { ...exitOf(cause), lines: this.#lines, cause }))
    })
    return promise
  }

  /** Also before the process is there: then it is killed as soon as it is. Afterwards it does nothing. */
  #kill(): void {
    this.#isKilled = true
    this.#command.kill('SIGKILL')
  }

  /** The pipe between the process and us is read to its end, which closes it. */
  async #dispose(): Promise<void> {
    this.#kill()
    this.#stdout.resume()
    await this.#ended.catch(() => undefined)
    this.#stdin.destroy()
  }

  /** A failing input ends the process, and its error is thrown in place of FFmpeg's. */
  async *#untilFailure(input: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* input
    } catch (error) {
      this.#inputFailure = { error }
      this.#kill()
    }
  }
}
