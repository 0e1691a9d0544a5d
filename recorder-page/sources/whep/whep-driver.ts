import { AppError, toAppError } from '../../../src/protocol/app-error.ts'
import type { WhepSource } from '../../../src/protocol/sources.ts'
import type { StreamPosition } from '../../handover/index.ts'
import { backOffMs } from '../back-off.ts'
import type { FrameTimes } from '../frame-tap.ts'
import { emptyElement, keepPlaying } from '../keep-playing.ts'
import { pause } from '../pause.ts'
import type { FrameReport, SourceContext, SourceDriver } from '../source-driver.ts'
import { isHopeless } from '../source-error.ts'
import { deleteResource, negotiate, type WhepEndpoint, type WhepResource } from './whep-session.ts'
import { readWhepStats } from './whep-stats.ts'
import { WhepWatch } from './whep-watch.ts'

/** A server that refused, or sends what cannot be decoded, is still asked: tokens and encoders are put right. */
const FAILED_RETRY_MS = 10_000
/** Evens out the arrival of packets on a busy machine; lips stay with the voice because both wait alike. */
const JITTER_BUFFER_MS = 80
/** How often it is read what a session has received and played. */
const LOOK_EVERY_MS = 600

/** RTP video runs at 90 kHz (RFC 6184 §8.2.1). */
const RTP_TICKS_PER_MS = 90

/** Ends the last session; nobody reads it. */
const DISPOSED = new AppError('source.unreachable', 'The source was removed.')

interface Session {
  readonly pc: RTCPeerConnection
  readonly openedMs: number
  readonly watch: WhepWatch
  readonly end: (error: AppError) => void
  soundLagMs: number | undefined
  looking: boolean
  lookedMs: number
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
  #farewell: Promise<void> = Promise.resolve()

  constructor(context: SourceContext<WhepSource>) {
    this.#context = context
    this.#endpoint = { url: context.spec.url, token: context.spec.token }
    this.#running = this.#run()
  }

  setTileSize(): void {
    // WHEP has no word for the wanted size.
  }

  readonly canSeek = false

  /** By the sender's clock, which forwarding servers keep; where one does not, the positions of two pages are far apart. */
  positionOf({ rtpTimestamp }: FrameTimes): StreamPosition | undefined {
    if (rtpTimestamp === undefined) return undefined
    return { ms: rtpTimestamp / RTP_TICKS_PER_MS, periodMs: 2 ** 32 / RTP_TICKS_PER_MS }
  }

  get soundLagMs(): number | undefined {
    return this.#session?.soundLagMs
  }

  seek(): void {
    // It goes on as it comes.
  }

  tick(report: FrameReport): void {
    const session = this.#session
    if (!session) return
    keepPlaying(this.#context.element)
    const quietMs = Math.min(report.quietMs, report.nowMs - session.openedMs)
    // A picture that is younger than the session came by it: this attempt was no failure.
    if (report.quietMs < report.nowMs - session.openedMs) this.#failures = this.#quietSessions = 0
    if (!session.looking && report.nowMs - session.lookedMs > LOOK_EVERY_MS)
      void this.#look(session, { nowMs: report.nowMs, quietMs })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    this.#session?.end(DISPOSED)
    await this.#running
    emptyElement(this.#context.element)
    await this.#farewell
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      const error = await this.#runSession()
      if (signal.aborted) return
      await pause(this.#report(error), signal)
    }
  }

  /** Tells what ended a session and returns how long to wait for the next, milliseconds. */
  #report(error: AppError): number {
    const { status, listener } = this.#context
    const quiet = error.code === 'source.stalled'
    this.#quietSessions = quiet ? this.#quietSessions + 1 : 0
    this.#failures += 1
    // A connection that is only quiet was waited for already; the next one may reach a publisher who is back.
    const delayMs = isHopeless(error) ? FAILED_RETRY_MS : quiet ? 0 : backOffMs(this.#failures, Math.random())
    listener.onLog(status.trouble(error) ? 'warn' : 'debug', error.message, {
      code: error.code,
      retryInMs: Math.round(delayMs),
    })
    return delayMs
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
        this.#farewell = deleteResource(resource, this.#endpoint)
      }
    }
  }

  /** Resolves with the reason when the session is over; with any reason when the source is disposed. */
  #watchSession(pc: RTCPeerConnection): Promise<AppError> {
    const nowMs = performance.now()
    const watch = new WhepWatch(nowMs, this.#quietSessions)
    return new Promise((end) => {
      this.#session = { pc, openedMs: nowMs, watch, end, soundLagMs: undefined, looking: false, lookedMs: nowMs }
    })
  }

  async #look(session: Session, { nowMs, quietMs }: FrameReport): Promise<void> {
    session.looking = true
    session.lookedMs = nowMs
    const { soundLagMs, ...packets } = readWhepStats((await session.pc.getStats()).values())
    session.looking = false
    session.soundLagMs = soundLagMs
    const error = session.watch.observe({
      nowMs,
      connection: session.pc.connectionState,
      quietMs,
      ...packets,
    })
    if (error) session.end(error)
  }
}

/**
 * Asks for sound and picture. They come in one stream, so that Chrome keeps them in step; it is complete once the server's
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
