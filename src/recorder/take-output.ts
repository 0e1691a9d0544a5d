import type { FencedStore } from '../archive/index.ts'
import {
  type AppError,
  errorInfo,
  type Packet,
  type RecorderEvent,
  type RecorderRequest,
  type Signal,
  toAppError,
} from '../protocol/index.ts'
import type { StoredMedia } from '../recording/record.ts'
import { assertRoom, type Spool } from '../spool/index.ts'
import { InTurn, repeat } from '../timing/index.ts'
import { SignalLog } from './room/signal-log.ts'
import { Segmenter } from './segments/segmenter.ts'
import { untilStored } from './segments/until-stored.ts'
import { type StoredSegment, Uploader } from './segments/uploader.ts'
import { type Ending, isAskedFor } from './take-ending.ts'
import { TakeManifest } from './take-manifest.ts'
import { TakePredecessors } from './take-predecessors.ts'

interface TakeOutputOptions {
  readonly request: RecorderRequest
  readonly store: FencedStore
  readonly spool: Spool
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  /** How long the take stood still before this wall time, milliseconds. */
  readonly pausedMsBefore: (atMs: number) => number
  readonly emit: (event: RecorderEvent) => void
  readonly onWarning: (error: AppError) => void
  readonly onFailed: (error: AppError) => void
}

/** What the take has stored, segments that earlier takes left on this machine included. */
export interface TakeFigures extends StoredMedia {
  readonly bytes: number
  /** The latency of the newest segment, from its last picture to the playlist. */
  readonly segmentLatencyMs: number
}

const MANIFEST_EVERY_SEGMENTS = 30
const SIGNALS_EVERY_MS = 3_000

/** Stores everything that a take leaves behind: segments, playlists, the signal log and the manifest. */
export class TakeOutput {
  readonly #options: TakeOutputOptions
  readonly #firstPictureUs = Promise.withResolvers<number>()
  readonly #closing = Promise.withResolvers<undefined>()
  /** Work that may fail and is repeated anyway. */
  readonly #background = new InTurn()
  readonly #manifest: TakeManifest
  readonly #uploader: Uploader
  readonly #segmenter: Segmenter
  readonly #signals: SignalLog
  readonly #flushes: Disposable
  #figures: TakeFigures = { durationSec: 0, segments: 0, bytes: 0, segmentLatencyMs: 0 }
  #hasPicture = false
  #isPaused = false

  constructor(options: TakeOutputOptions) {
    const { request, store, spool, takeEpochMs } = options
    this.#options = options
    const takeStartMs = Promise.all([takeEpochMs, this.#firstPictureUs.promise]).then(
      ([epochMs, us]) => epochMs + us / 1000,
    )
    const manifest = new TakeManifest(store, request, new Date().toISOString())
    void takeStartMs.then((atMs) => manifest.setStart(atMs))
    const firstPictureMs = Promise.race([takeStartMs, this.#closing.promise])
    this.#manifest = manifest
    this.#uploader = this.#startUploader(new TakePredecessors({ request, store, spool, manifest, firstPictureMs }))
    this.#segmenter = this.#createSegmenter()
    this.#signals = this.#openSignalLog(takeStartMs)
    this.#flushes = repeat({
      everyMs: SIGNALS_EVERY_MS,
      work: () => this.#inBackground(() => this.#signals.flush()),
    })
  }

  get figures(): TakeFigures {
    return this.#figures
  }

  push(packet: Packet): void {
    if (packet.kind === 'video' || packet.kind === 'pause') {
      this.#hasPicture = true
      this.#firstPictureUs.resolve(packet.timestampUs)
      this.#showPause(packet.kind === 'pause')
    }
    this.#segmenter.push(packet)
  }

  /** Returns the signals that are new. */
  addSignals(signals: readonly Signal[]): readonly Signal[] {
    return this.#signals.add(signals)
  }

  /**
   * Stores all that is left and closes it if that was asked for; throws the store's error when `deadline` comes first. A later
   * take that had no picture writes nothing: the recording may still be an earlier one's.
   */
  async close(ending: Ending, deadline: AbortSignal): Promise<void> {
    this.#flushes[Symbol.dispose]()
    const isCalledOff = this.#options.request.take > 1 && !this.#hasPicture && !isAskedFor(ending)
    if (isCalledOff) return
    this.#closing.resolve(undefined)
    await this.#segmenter.finish()
    try {
      await this.#storeRest(ending, deadline)
    } catch (error) {
      await this.#signals.keep().catch((thrown: unknown) => this.#options.onWarning(toAppError(thrown)))
      throw error
    }
  }

  #startUploader(predecessors: TakePredecessors): Uploader {
    const { request, store, onWarning, onFailed } = this.#options
    return new Uploader({
      recordingId: request.recordingId,
      store,
      begin: (giveUp) => predecessors.succeed(giveUp),
      onStored: (segment) => this.#onStored(segment),
      onTrouble: onWarning,
      onFailed,
    })
  }

  #createSegmenter(): Segmenter {
    const { request, spool, takeEpochMs, onWarning, onFailed } = this.#options
    const { spoolDir, spoolMaxBytes } = request
    return new Segmenter({
      request,
      spool,
      takeEpochMs,
      assertRoom: (bytes) => assertRoom({ spoolDir, maxBytes: spoolMaxBytes }, bytes),
      onSegment: (segment) => this.#uploader.add(segment),
      onDiskFull: onWarning,
      onError: onFailed,
    })
  }

  #openSignalLog(takeStartMs: Promise<number>): SignalLog {
    const { request, store, spool, pausedMsBefore } = this.#options
    return new SignalLog({
      store,
      recordingId: request.recordingId,
      take: request.take,
      path: spool.signalLog,
      adopted: spool.adopted,
      publication: this.#uploader.publication,
      takeStartMs,
      pausedMsBefore,
    })
  }

  #onStored(segment: StoredSegment): void {
    if (segment.gap === true) return
    this.#figures = addTo(this.#figures, segment)
    this.#options.emit(segmentEvent(segment, this.#figures.segmentLatencyMs))
    if (this.#figures.segments % MANIFEST_EVERY_SEGMENTS === 1) this.#saveManifest()
  }

  /** Stores the manifest when a pause begins or ends. */
  #showPause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    this.#manifest.setPaused(isPaused)
    this.#saveManifest()
  }

  #saveManifest(): void {
    void this.#inBackground(() => this.#manifest.save())
  }

  async #inBackground(work: () => Promise<void>): Promise<void> {
    try {
      await this.#background.run(work)
    } catch (error) {
      this.#options.onWarning(toAppError(error, 'store.unavailable'))
    }
  }

  async #storeRest(ending: Ending, deadline: AbortSignal): Promise<void> {
    const persist = (run: () => Promise<void>) =>
      untilStored(run, { signal: deadline, onTrouble: this.#options.onWarning })
    await this.#uploader.finish({ ended: isAskedFor(ending), deadline })
    await persist(() => this.#background.ended())
    await persist(() => this.#signals.finish())
    const error = ending.error === null ? null : errorInfo(ending.error)
    const state = isAskedFor(ending) ? 'completed' : ending.reason === 'handed-over' ? 'recording' : 'recovering'
    await persist(() => this.#manifest.close({ state, endedAt: new Date().toISOString(), error }))
  }
}

function addTo(
  figures: TakeFigures,
  { durationSec, bytes, programDateTimeMs, lastFrameAtMs }: StoredSegment,
): TakeFigures {
  const endMs = programDateTimeMs + durationSec * 1000
  return {
    durationSec: Math.round((figures.durationSec + durationSec) * 1e6) / 1e6,
    segments: figures.segments + 1,
    bytes: figures.bytes + bytes,
    segmentLatencyMs: lastFrameAtMs === undefined ? Date.now() - endMs : performance.now() - lastFrameAtMs,
  }
}

function segmentEvent({ seq, durationSec, bytes, programDateTimeMs }: StoredSegment, latencyMs: number): RecorderEvent {
  const programDateTime = new Date(Math.round(programDateTimeMs)).toISOString()
  return { type: 'segment', seq, durationSec, bytes, programDateTime, latencyMs }
}
