import { type AppError, toAppError } from '../../src/protocol/app-error.ts'
import type { WhepSource } from '../../src/protocol/sources.ts'
import { backOffMs } from './back-off.ts'
import { emptyElement, keepPlaying } from './keep-playing.ts'
import { pause } from './pause.ts'
import type { FrameReport, SourceContext, SourceDriver } from './source-driver.ts'
import { deleteResource, negotiate, type WhepEndpoint, type WhepResource } from './whep-session.ts'
import { WhepWatch } from './whep-watch.ts'

/** A server that refused, or sends what cannot be decoded, is still asked: tokens and encoders are put right. */
const FAILED_RETRY_MS = 10_000
/** Evens out the arrival of packets on a busy machine; lips stay with the voice because both wait alike. */
const JITTER_BUFFER_MS = 80
/** How often the packet counters of a session without pictures are read. */
const STATS_EVERY_MS = 600

interface Session {
  readonly pc: RTCPeerConnection
  readonly openedMs: number
  readonly watch: WhepWatch
  readonly end: (error: AppError) => void
  looking: boolean
  lookedMs: number
  shown: boolean
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

  tick(report: FrameReport): void {
    const session = this.#session
    if (!session) return
    keepPlaying(this.#context.element)
    if (report.quietMs === 0 && this.#context.element.videoWidth > 0) this.#onPicture(session)
    if (session.looking || report.nowMs - session.lookedMs < STATS_EVERY_MS) return
    void this.#look(session, report)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
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
    const { status, listener, spec } = this.#context
    const hopeless = error.code === 'source.refused' || error.code === 'source.unsupported-media'
    if (hopeless) status.fail(error)
    else status.trouble(error)
    const quiet = error.code === 'source.stalled'
    this.#quietSessions = quiet ? this.#quietSessions + 1 : 0
    this.#failures += 1
    // A connection that is only quiet was waited for already; the next one may reach a publisher who is back.
    const delayMs = hopeless ? FAILED_RETRY_MS : quiet ? 0 : backOffMs(this.#failures, Math.random())
    listener.onLog('warn', error.message, { sourceId: spec.id, code: error.code, retryInMs: Math.round(delayMs) })
    return delayMs
  }

  #onPicture(session: Session): void {
    if (session.shown) return
    session.shown = true
    this.#failures = 0
    this.#quietSessions = 0
  }

  /** Resolves, never rejects, with what ended the session; everything it opened is closed by then. */
  async #runSession(): Promise<AppError> {
    const { signal } = this.#abort
    const { element, listener } = this.#context
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: [...this.#iceServers] })
    const stream = receive(pc)
    let resource: WhepResource | null = null
    try {
      resource = await negotiate(pc, this.#endpoint, signal)
      this.#iceServers = resource.iceServers
      element.srcObject = stream
      listener.onStream(stream)
      return await this.#watchSession(pc)
    } catch (thrown) {
      return toAppError(thrown, 'source.unreachable')
    } finally {
      this.#session = null
      pc.close()
      if (resource) {
        listener.onStream(null)
        this.#farewell = deleteResource(resource, this.#endpoint)
      }
    }
  }

  #watchSession(pc: RTCPeerConnection): Promise<AppError> {
    const { signal } = this.#abort
    const nowMs = performance.now()
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      if (signal.aborted) reject(signal.reason)
      const watch = new WhepWatch(nowMs, this.#quietSessions)
      this.#session = { pc, openedMs: nowMs, watch, end: resolve, looking: false, lookedMs: nowMs, shown: false }
    })
  }

  async #look(session: Session, { nowMs, quietMs }: FrameReport): Promise<void> {
    session.looking = true
    session.lookedMs = nowMs
    const packets = await countPackets(session.pc)
    session.looking = false
    const error = session.watch.observe({
      nowMs,
      connection: session.pc.connectionState,
      quietMs: Math.min(quietMs, nowMs - session.openedMs),
      ...packets,
    })
    if (error) session.end(error)
  }
}

/** Asks for sound and picture in one stream, so that Chrome keeps them in step. */
function receive(pc: RTCPeerConnection): MediaStream {
  const stream = new MediaStream()
  for (const kind of ['audio', 'video'] as const) {
    const { receiver } = pc.addTransceiver(kind, { direction: 'recvonly', streams: [stream] })
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = JITTER_BUFFER_MS
    stream.addTrack(receiver.track)
  }
  return stream
}

interface PacketCounts {
  audioPackets: number
  videoPackets: number
}

async function countPackets(pc: RTCPeerConnection): Promise<PacketCounts> {
  const counts: PacketCounts = { audioPackets: 0, videoPackets: 0 }
  for (const entry of (await pc.getStats()).values()) {
    if (entry.type !== 'inbound-rtp') continue
    if (entry.kind === 'audio') counts.audioPackets += entry.packetsReceived
    else counts.videoPackets += entry.packetsReceived
  }
  return counts
}
