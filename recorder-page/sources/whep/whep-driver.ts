import { AppError, toAppError } from '../../../src/protocol/app-error.ts'
import type { WhepSource } from '../../../src/protocol/sources.ts'
import { delay } from '../../../src/timing/index.ts'
import { sourceBackOffMs } from '../driver/back-off.ts'
import { emptyElement, keepPlaying } from '../driver/keep-playing.ts'
import type { FrameReport, SourceContext, SourceDriver } from '../driver/source-driver.ts'
import type { StreamPosition } from '../driver/stream-position.ts'
import type { FrameTimes } from '../frames/frame-tap.ts'
import { deleteResource, negotiate, type WhepEndpoint, type WhepResource } from './whep-session.ts'
import { readWhepStats } from './whep-stats.ts'
import { WhepWatch } from './whep-watch.ts'

/** Evens out the arrival of packets on a busy machine. Sound and picture wait alike, so lips stay with the voice. */
const JITTER_BUFFER_MS = 80
/** How often a session's statistics are read. */
const STATS_EVERY_MS = 600

/** RTP video runs at 90 kHz (RFC 6184 §8.2.1). */
const RTP_TICKS_PER_MS = 90

/** The error of the last session, which is never reported. */
const DISPOSED = new AppError('source.unreachable', 'The source was removed.')

interface Session {
  readonly pc: RTCPeerConnection
  readonly openedMs: number
  readonly watch: WhepWatch
  readonly end: (error: AppError) => void
  soundLagMs: number | undefined
  isReadingStats: boolean
  statsReadMs: number
}

/** A WebRTC stream taken by WHEP; a session that ends for any reason is followed by the next one. */
export class WhepDriver implements SourceDriver {
  #context: SourceContext<WhepSource>
  #endpoint: WhepEndpoint
  #abort = new AbortController()
  #session: Session | null = null
  #iceServers: WhepResource['iceServers'] = []
  /** Attempts in a row that showed no picture. */
  #failures = 0
  #quietSessions = 0
  #running: Promise<void>
  #deletion: Promise<void> = Promise.resolve()

  constructor(context: SourceContext<WhepSource>) {
    this.#context = context
    this.#endpoint = { url: context.spec.url, token: context.spec.token }
    this.#running = this.#run()
  }

  setTileSize(): void {
    // WHEP cannot ask for a picture size.
  }

  readonly canSeek = false

  /** The sender's RTP clock, which forwarding servers keep. Where one does not, the positions of two pages are far apart. */
  positionOf({ rtpTimestamp }: FrameTimes): StreamPosition | undefined {
    if (rtpTimestamp === undefined) return undefined
    return { ms: rtpTimestamp / RTP_TICKS_PER_MS, periodMs: 2 ** 32 / RTP_TICKS_PER_MS }
  }

  get soundLagMs(): number | undefined {
    return this.#session?.soundLagMs
  }

  seek(): void {
    // A live stream cannot be moved.
  }

  tick(report: FrameReport): void {
    const session = this.#session
    if (!session) return
    keepPlaying(this.#context.element)
    const quietMs = Math.min(report.quietMs, report.nowMs - session.openedMs)
    // A picture younger than the session came from it: this attempt succeeded.
    if (report.quietMs < report.nowMs - session.openedMs) this.#failures = this.#quietSessions = 0
    if (!session.isReadingStats && report.nowMs - session.statsReadMs > STATS_EVERY_MS)
      void this.#checkStats(session, { nowMs: report.nowMs, quietMs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    this.#session?.end(DISPOSED)
    await this.#running
    emptyElement(this.#context.element)
    await this.#deletion
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      const error = await this.#runSession()
      if (signal.aborted) return
      await delay(this.#report(error), { signal })
    }
  }

  /** Reports what ended a session and returns how long to wait for the next, milliseconds. */
  #report(error: AppError): number {
    const { status, listener } = this.#context
    const quiet = error.code === 'source.stalled'
    this.#quietSessions = quiet ? this.#quietSessions + 1 : 0
    this.#failures += 1
    // A session that received nothing has waited already; the next one may reach a publisher who is back.
    const retryInMs = quiet ? 0 : sourceBackOffMs(error, this.#failures, Math.random())
    listener.onLog(status.trouble(error) ? 'warn' : 'debug', error.message, {
      code: error.code,
      retryInMs: Math.round(retryInMs),
    })
    return retryInMs
  }

  /** Resolves, never rejects, with what ended the session; everything it opened is closed by then. */
  async #runSession(): Promise<AppError> {
    const over = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, over.signal])
    const { element, listener } = this.#context
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [...this.#iceServers] })
    const stream = receive(pc)
    let resource: WhepResource | null = null
    try {
      resource = await negotiate(pc, this.#endpoint, signal)
      this.#iceServers = resource.iceServers
      element.srcObject = stream
      listener.onStream(stream)
      if (signal.aborted) return DISPOSED
      return await this.#watchSession(pc)
    } catch (thrown) {
      return toAppError(thrown, 'source.unreachable')
    } finally {
      this.#session = null
      over.abort()
      pc.close()
      if (resource) {
        listener.onStream(null)
        this.#deletion = deleteResource(resource, this.#endpoint)
      }
    }
  }

  /** Resolves with the reason when the session is over; with any reason when the source is disposed. */
  #watchSession(pc: RTCPeerConnection): Promise<AppError> {
    const nowMs = performance.now()
    const watch = new WhepWatch(nowMs, this.#quietSessions)
    return new Promise((end) => {
      this.#session = {
        pc,
        openedMs: nowMs,
        watch,
        end,
        soundLagMs: undefined,
        isReadingStats: false,
        statsReadMs: nowMs,
      }
    })
  }

  async #checkStats(session: Session, { nowMs, quietMs }: FrameReport): Promise<void> {
    session.isReadingStats = true
    session.statsReadMs = nowMs
    const { soundLagMs, ...packets } = readWhepStats((await session.pc.getStats()).values())
    session.isReadingStats = false
    session.soundLagMs = soundLagMs
    const error = session.watch.check({
      nowMs,
      connection: session.pc.connectionState,
      quietMs,
      ...packets,
    })
    if (error) session.end(error)
  }
}

/**
 * Asks for sound and picture, in one stream so that Chrome synchronizes them. The stream is complete once the server's
 * description is applied, and has no track that the server does not send.
 */
function receive(pc: RTCPeerConnection): MediaStream {
  const stream = new MediaStream()
  pc.addEventListener('track', ({ track, receiver }) => {
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = JITTER_BUFFER_MS
    stream.addTrack(track)
  })
  for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'recvonly' })
  return stream
}
