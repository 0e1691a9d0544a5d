import type { FencedStore } from '../archive/index.ts'
import { loadPublication } from '../archive/index.ts'
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
import { adoptLeftovers, type Overlap, takesAtWork, waitForPredecessors } from '../recovery/index.ts'
import type { Spool } from '../spool/index.ts'
import { assertRoom } from '../spool/index.ts'
import { type Ending, isAskedFor } from './ending.ts'
import { createManifestKeeper } from './manifest-keeper.ts'
import { createSignalLog } from './room/signal-log.ts'
import { createSegmenter } from './segments/segmenter.ts'
import { untilStored } from './segments/until-stored.ts'
import { type StoredSegment, startUploader } from './segments/uploader.ts'

export interface TakeOutputOptions {
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
  /** Of the newest segment. */
  readonly segmentLatencyMs: number
}

/** Everything that a take leaves behind: segments, playlists, the signal log and the manifest. */
export interface TakeOutput {
  readonly figures: TakeFigures
  push(packet: Packet): void
  /** Returns the signals that are new. */
  addSignals(signals: readonly Signal[]): readonly Signal[]
  /**
   * Stores all that is left and closes it if that was asked for; throws the store's error when `deadline` comes first. A later
   * take that had no picture writes nothing: the recording may still be an earlier one's.
   */
  close(ending: Ending, deadline: AbortSignal): Promise<void>
}

const MANIFEST_EVERY_SEGMENTS = 30
const SIGNALS_EVERY_MS = 3_000

export function openTakeOutput(options: TakeOutputOptions): TakeOutput {
  const { request, store, spool, takeEpochMs, pausedMsBefore, onWarning } = options
  const { recordingId, take, segmentSec, video } = request
  let figures: TakeFigures = { durationSec: 0, segments: 0, bytes: 0, segmentLatencyMs: 0 }
  let hasPicture = false
  let overlap: Overlap | undefined
  const firstPictureUs = Promise.withResolvers<number>()
  const closing = Promise.withResolvers<undefined>()
  const takeStartMs = Promise.all([takeEpochMs, firstPictureUs.promise]).then(([epochMs, us]) => epochMs + us / 1000)
  const manifest = createManifestKeeper(store, request, new Date().toISOString())
  void takeStartMs.then(manifest.begin)

  const uploader = startUploader({
    recordingId,
    store,
    async begin(giveUp) {
      const adoption = { spoolDir: request.spoolDir, recordingId, take, into: spool.adopted }
      const beganAtMs = take === 1 ? undefined : await Promise.race([takeStartMs, closing.promise])
      // Without a picture nothing is there twice.
      overlap ??= { takes: await takesAtWork(adoption), beganAtMs: beganAtMs ?? Number.POSITIVE_INFINITY }
      // A take that hands over ends by itself and stores the rest first. One that lost its worker ends only when overtaken.
      if (request.handover !== null) await waitForPredecessors(adoption, giveUp)
      await store.hold()
      await waitForPredecessors(adoption, giveUp)
      const publication = await loadPublication(store, recordingId, {
        segmentSec,
        fps: video.fps,
        rollingSec: request.rollingSec,
      })
      await manifest.open(publication)
      return { publication, leftovers: await adoptLeftovers(adoption, publication, overlap) }
    },
    onStored(segment) {
      if (segment.gap === true) return
      figures = addTo(figures, segment)
      options.emit(segmentEvent(segment, figures.segmentLatencyMs))
      if (figures.segments % MANIFEST_EVERY_SEGMENTS === 1) background.run(manifest.save)
    },
    onTrouble: onWarning,
    onFailed: options.onFailed,
  })
  const segmenter = createSegmenter({
    request,
    spool,
    takeEpochMs,
    assertRoom: (bytes) => assertRoom({ spoolDir: request.spoolDir, maxBytes: request.spoolMaxBytes }, bytes),
    onSegment: uploader.add,
    onDiskFull: onWarning,
    onError: options.onFailed,
  })
  const { publication } = uploader
  const signals = createSignalLog({
    store,
    recordingId,
    take,
    path: spool.signalLog,
    adopted: spool.adopted,
    publication,
    takeStartMs,
    pausedMsBefore,
  })
  const background = createBackground(onWarning)
  const timer = setInterval(() => background.run(signals.flush), SIGNALS_EVERY_MS)

  let isPaused = false
  /** A pause is in the manifest while it lasts. */
  function showPause(asked: boolean): void {
    if (asked === isPaused) return
    isPaused = asked
    manifest.pause(asked)
    background.run(manifest.save)
  }

  async function storeRest(ending: Ending, deadline: AbortSignal): Promise<void> {
    const persist = (run: () => Promise<void>) => untilStored(run, { signal: deadline, onTrouble: onWarning })
    await uploader.finish({ ended: isAskedFor(ending), deadline })
    await persist(background.idle)
    await persist(signals.finish)
    const error = ending.error === null ? null : errorInfo(ending.error)
    const state = isAskedFor(ending) ? 'completed' : ending.reason === 'handed-over' ? 'recording' : 'recovering'
    await persist(() => manifest.close({ state, endedAt: new Date().toISOString(), error }))
  }

  return {
    get figures() {
      return figures
    },
    push(packet) {
      if (packet.kind === 'video' || packet.kind === 'pause') {
        hasPicture = true
        firstPictureUs.resolve(packet.timestampUs)
        showPause(packet.kind === 'pause')
      }
      segmenter.push(packet)
    },
    addSignals: signals.add,
    async close(ending, deadline) {
      clearInterval(timer)
      const isCalledOff = take > 1 && !hasPicture && !isAskedFor(ending)
      if (isCalledOff) return
      closing.resolve(undefined)
      await segmenter.finish()
      try {
        await storeRest(ending, deadline)
      } catch (error) {
        await signals.keep().catch((thrown: unknown) => onWarning(toAppError(thrown)))
        throw error
      }
    },
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
