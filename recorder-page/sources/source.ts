import { assertNever } from '../../src/protocol/assert-never.ts'
import type { SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import type { StreamPosition } from '../handover/index.ts'
import type { FrameTimes } from './frame-tap.ts'
import { FrameWatch } from './frame-watch.ts'
import { HlsDriver } from './hls/hls-driver.ts'
import type { SourceDriver, SourceListener } from './source-driver.ts'
import { SourceStatus } from './source-status.ts'
import type { TileSize } from './tile-size.ts'
import { VideoDriver } from './video-driver.ts'
import { WhepDriver } from './whep/whep-driver.ts'

export type { SourceListener } from './source-driver.ts'
export type { TileSize } from './tile-size.ts'

export interface PageSource extends AsyncDisposable {
  readonly spec: SourceSpec
  /** One element for the source's whole life, attached to the document by the caller's `mount`; picture and (hls, video) sound come out of it. */
  readonly element: HTMLVideoElement
  readonly state: SourceState
  /** Tile size in pixels of the picture; hls caps its level to it. */
  setTileSize(size: TileSize): void
  /** The place of a frame in the stream itself; undefined while it is not known. */
  positionOf(times: FrameTimes): StreamPosition | undefined
  /** See `SourceDriver`. */
  readonly soundLagMs: number | undefined
  /** Moves the player by so much media, or sets its rate; false for a source that only goes on as it comes. */
  steer(change: { readonly byMs: number } | { readonly rate: number }): boolean
}

/** How often a source is looked at: five times within the time after which a still picture counts as stalled. */
const FRAME_POLL_MS = 200

/** Opens a source and keeps it open until it is disposed. Returns at once and never throws: all trouble goes to the listener. */
export function openSource(spec: SourceSpec, listener: SourceListener): PageSource {
  const element = createElement(spec)
  const status = new SourceStatus(listener, () => performance.now())
  const driver = openDriver(spec, element, status, listener)
  const timer = setInterval(watchFrames(element, status, driver), FRAME_POLL_MS)
  return {
    spec,
    element,
    get state() {
      return status.state
    },
    setTileSize: (size) => driver.setTileSize(size),
    positionOf: (times) => driver.positionOf(times),
    get soundLagMs() {
      return driver.soundLagMs
    },
    steer(change) {
      if (!driver.canSeek) return false
      if ('rate' in change) element.playbackRate = change.rate
      else driver.seek(Math.max(0, element.currentTime + change.byMs / 1000))
      return true
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      status.close()
      await driver[Symbol.asyncDispose]()
      element.remove()
    },
  }
}

function createElement(spec: SourceSpec): HTMLVideoElement {
  const element = document.createElement('video')
  element.crossOrigin = 'anonymous'
  element.playsInline = true
  element.autoplay = true
  element.preload = 'auto'
  element.disableRemotePlayback = true
  // The mix takes the sound of a WHEP source from its stream: coming out of the element too, it would be heard twice.
  element.muted = spec.type === 'whep'
  return element
}

function openDriver(
  spec: SourceSpec,
  element: HTMLVideoElement,
  status: SourceStatus,
  listener: SourceListener,
): SourceDriver {
  switch (spec.type) {
    case 'hls':
      return new HlsDriver({ spec, element, status, listener })
    case 'whep':
      return new WhepDriver({ spec, element, status, listener })
    case 'video':
      return new VideoDriver({ spec, element, status, listener })
    default:
      return assertNever(spec)
  }
}

function watchFrames(element: HTMLVideoElement, status: SourceStatus, driver: SourceDriver): () => void {
  const watch = new FrameWatch(performance.now())
  return () => {
    const nowMs = performance.now()
    const sight = watch.observe(element.getVideoPlaybackQuality().totalVideoFrames, nowMs)
    // What was decoded last is counted after the end; it is no new life.
    if (sight === 'moving' && !element.ended) status.picture()
    else if (sight === 'still') status.noPicture()
    driver.tick({ nowMs, quietMs: watch.quietMs(nowMs) })
  }
}
