import type { Recording } from '../../src/protocol/index.ts'
import { parsePlaylist } from '../../test/kit/index.ts'
import { RecordingCall } from '../../test/kit/service/recording-call.ts'
import { findRole } from '../../test/kit/stage/processes.ts'
import type { SourceOfStage, Stage } from '../../test/kit/stage/stage.ts'
import { FPS, SIZE } from '../../test/kit/watch/holes.ts'
import { PlaylistWatch } from '../../test/kit/watch/playlist-watch.ts'
import { until } from './until.ts'

export const SEGMENT_SEC = 2
/** A key frame falls on the first tick behind it; the sound may lag by another one. */
export const LONGEST_SEGMENT_SEC = SEGMENT_SEC + 2 / FPS
const BITRATE_KBPS = 300
const POLL_MS = 200
/** A take that waits for its predecessor on the same machine waits 40 s; more is a recording that does not come back. */
const RECOVERY_TIMEOUT_MS = 120_000
/** A recorder is given 40 s to store what it has, a queue some more. */
const END_TIMEOUT_MS = 120_000
/** A stop is asked for again when the service is away. */
const STOP_RETRY_MS = 500

interface SessionOptions {
  /** Of the second source; HLS without it. */
  readonly kind?: 'whep' | 'video' | undefined
  readonly fps?: number
  readonly segmentSec?: number
  /** Instead of those of the stage. */
  readonly sources?: readonly SourceOfStage[]
}

/** One recording on a stage, and everybody who looks at it while it runs. */
export class Session implements AsyncDisposable {
  readonly call: RecordingCall
  readonly watch: PlaylistWatch
  readonly stage: Stage

  private constructor(stage: Stage, call: RecordingCall) {
    this.stage = stage
    this.call = call
    this.watch = new PlaylistWatch([call.indexUrl, call.liveUrl], { patient: true })
  }

  /** Resolves when the recording runs and its sources are live. */
  static async start(stage: Stage, options: SessionOptions = {}): Promise<Session> {
    for (;;) {
      const session = new Session(stage, await post(stage, options))
      await session.call.running()
      if (stage.shape !== 'network' || (await session.hostName()) === 'worker') return session
      // The host whose cable can be pulled is to record it.
      await session.stop()
      await session[Symbol.asyncDispose]()
    }
  }

  async hostName(): Promise<string | undefined> {
    const [recorder] = await findRole(this.stage.folder, 'recorder', this.call.id)
    return recorder && (await this.stage.hostOf(recorder.pid)).name
  }

  /** Waits until so many segments more than now are in the playlist, whoever answers, and however late. */
  async recorded(more: number): Promise<void> {
    let wanted: number | undefined
    await this.#untilTrue(async () => {
      const count = await this.#segments()
      if (count !== undefined) wanted ??= count + more
      return count !== undefined && wanted !== undefined && count >= wanted
    })
  }

  /** Waits until it is recording with all sources live, and something newer than `sinceMs` is stored. */
  async recovered(sinceMs: number): Promise<void> {
    await this.#untilTrue(async () => {
      const state = await this.#state()
      return state?.state === 'recording' && state.sources.every((source) => source.state === 'live')
    })
    if (this.stage.clock === undefined) await this.#untilTrue(async () => ((await this.#newestMs()) ?? 0) >= sinceMs)
    await this.recorded(1)
  }

  async #untilTrue(isTrue: () => Promise<boolean>): Promise<void> {
    const timing = { timeoutMs: RECOVERY_TIMEOUT_MS, everyMs: POLL_MS }
    if ((await until(async () => (await isTrue()) || undefined, timing)) === undefined)
      throw new Error(`${this.call.id} does not go on: ${JSON.stringify(await this.#state())}`)
  }

  /** Stops it and waits for its end; what the end was is the caller's to judge. */
  async stop(): Promise<{ readonly recording: Recording; readonly askedAtMs: number }> {
    // A stop whose answer is lost with a database may have counted all the same: from the first one on the recording may end.
    const askedAtMs = Date.now()
    const isAccepted = await until(() => this.#askToStop(), { timeoutMs: END_TIMEOUT_MS, everyMs: STOP_RETRY_MS })
    if (isAccepted === undefined) throw new Error(`${this.call.id} cannot be stopped`)
    const ended = async () => {
      const recording = await this.#state()
      return recording?.state === 'completed' || recording?.state === 'failed' ? recording : undefined
    }
    const recording = await until(ended, { timeoutMs: END_TIMEOUT_MS, everyMs: POLL_MS })
    if (recording === undefined) throw new Error(`${this.call.id} does not end: ${JSON.stringify(await this.#state())}`)
    return { recording, askedAtMs }
  }

  /** True once a stop is accepted. */
  async #askToStop(): Promise<true | undefined> {
    const url = `${this.stage.service.url}/v1/recordings/${this.call.id}/stop`
    const response = await fetch(url, { method: 'POST' }).catch(() => undefined)
    return response?.ok === true ? true : undefined
  }

  async #state(): Promise<Recording | undefined> {
    return await this.call.get().catch(() => undefined)
  }

  async #playlist() {
    const text = await this.call.index().catch(() => '')
    return text.startsWith('#EXTM3U') ? parsePlaylist(text).playlist : undefined
  }

  async #segments(): Promise<number | undefined> {
    return (await this.#playlist())?.segments.length
  }

  async #newestMs(): Promise<number | undefined> {
    const newest = (await this.#playlist())?.segments.at(-1)
    return newest?.programDateTime && newest.programDateTime.getTime() + newest.duration * 1000
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch[Symbol.asyncDispose]()
  }
}

async function post(
  stage: Stage,
  { kind, fps = FPS, segmentSec = SEGMENT_SEC, sources }: SessionOptions,
): Promise<RecordingCall> {
  const call = await RecordingCall.post(stage.service.url, {
    sources: [...(sources ?? (await stage.sources(kind)))],
    layout: { name: 'grid', labels: false },
    video: { ...SIZE, fps, bitrateKbps: BITRATE_KBPS },
    segmentSec,
  })
  if (stage.network === undefined) return call
  // Links name the service as the other host reaches it; without keys it answers to its loopback name only.
  const recording = await call.get()
  const [live, index] = [recording.links.live, recording.links.index].map((url) => new URL(url).pathname)
  const links = { ...recording.links, live: live ?? '', index: index ?? '' }
  return new RecordingCall(stage.service.url, { ...recording, links }, call.requestedAtMs)
}
