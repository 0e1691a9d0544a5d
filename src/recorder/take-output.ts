import {
  type AppError,
  errorInfo,
  type Packet,
  type RecorderEvent,
  type RecorderRequest,
  type Signal,
  toAppError,
} from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'
import type { Ending } from './ending.ts'
import { createManifestKeeper } from './manifest-keeper.ts'
import { loadPublication } from './publication.ts'
import { retry } from './retry.ts'
import { createSegmenter } from './segmenter.ts'
import { createSignalLog } from './signal-log.ts'
import type { Spool } from './spool.ts'
import { startUploader } from './uploader.ts'

export interface TakeOutputOptions {
  readonly request: RecorderRequest
  readonly store: SegmentStore
  readonly spool: Spool
  /** Wall time of media time zero, epoch milliseconds. */
  readonly takeEpochMs: Promise<number>
  readonly emit: (event: RecorderEvent) => void
  readonly onWarning: (error: AppError) => void
  readonly onFailed: (error: AppError) => void
}

/** What of the take is in the store. */
export interface TakeFigures {
  readonly durationSec: number
  readonly segments: number
  readonly bytes: number
  /** Of the newest segment. */
  readonly segmentLatencyMs: number
}

/** Everything that a take leaves behind: segments, playlists, the signal log and the manifest. */
export interface TakeOutput {
  readonly figures: TakeFigures
  push(packet: Packet): void
  /** Returns the signals that are new. */
  addSignals(signals: readonly Signal[]): readonly Signal[]
  /** Stores all that is left and closes it; throws the store's error when `deadline` comes first. */
  close(ending: Ending, deadline: AbortSignal): Promise<void>
}

const MANIFEST_EVERY_SEGMENTS = 30
const SIGNALS_EVERY_MS = 3_000

export function openTakeOutput(options: TakeOutputOptions): TakeOutput {
  const { request, store, spool, takeEpochMs, onWarning } = options
  const { recordingId, take, segmentSec, video } = request
  let figures: TakeFigures = { durationSec: 0, segments: 0, bytes: 0, segmentLatencyMs: 0 }
  const firstPictureUs = Promise.withResolvers<number>()
  const takeStartMs = Promise.all([takeEpochMs, firstPictureUs.promise]).then(([epochMs, us]) => epochMs + us / 1000)
  const manifest = createManifestKeeper(store, request, new Date().toISOString())
  void takeStartMs.then(manifest.begin)

  const uploader = startUploader({
    recordingId,
    take,
    store,
    spool,
    async load() {
      const publication = await loadPublication(store, recordingId, { segmentSec, fps: video.fps })
      await manifest.open(publication)
      return publication
    },
    onStored({ seq, durationSec, bytes, programDateTimeMs, lastFrameAtMs }) {
      const latencyMs = performance.now() - lastFrameAtMs
      figures = {
        durationSec: Math.round((figures.durationSec + durationSec) * 1e6) / 1e6,
        segments: figures.segments + 1,
        bytes: figures.bytes + bytes,
        segmentLatencyMs: latencyMs,
      }
      const programDateTime = new Date(Math.round(programDateTimeMs)).toISOString()
      options.emit({ type: 'segment', seq, durationSec, bytes, programDateTime, latencyMs })
      if (figures.segments % MANIFEST_EVERY_SEGMENTS === 1) background.run(manifest.save)
    },
    onTrouble: onWarning,
  })
  const segmenter = createSegmenter({ request, spool, takeEpochMs, onSegment: uploader.add, onError: options.onFailed })
  const { publication } = uploader
  const signals = createSignalLog({ store, recordingId, take, path: spool.signalLog, publication, takeStartMs })
  const background = createBackground(onWarning)
  const timer = setInterval(() => background.run(signals.flush), SIGNALS_EVERY_MS)

  return {
    get figures() {
      return figures
    },
    push(packet) {
      if (packet.kind === 'video') firstPictureUs.resolve(packet.timestampUs)
      segmenter.push(packet)
    },
    addSignals: signals.add,
    async close(ending, deadline) {
      clearInterval(timer)
      await segmenter.finish()
      await uploader.finish(deadline)
      await background.idle()
      const error = ending.error === null ? null : errorInfo(ending.error)
      const persist = (run: () => Promise<void>) => retry(run, { signal: deadline, onTrouble: onWarning })
      await persist(signals.flush)
      await persist(() => manifest.close({ endedAt: new Date().toISOString(), error }))
    },
  }
}

/** Runs work that may fail and will be repeated anyway, one piece after the other. */
function createBackground(onTrouble: (error: AppError) => void) {
  let work = Promise.resolve()
  return {
    run(task: () => Promise<void>): void {
      work = work.then(task).catch((error: unknown) => onTrouble(toAppError(error, 'store.unavailable')))
    },
    idle: () => work,
  }
}
