import { assertNever } from '../../src/protocol/assert-never.ts'
import type { SourceSpec, SourceState } from '../../src/protocol/sources.ts'
import type { SourceDriver, SourceListener, SteerChange } from './driver/source-driver.ts'
import { SourceStatus } from './driver/source-status.ts'
import type { StreamPosition } from './driver/stream-position.ts'
import type { TileSize } from './driver/tile-size.ts'
import type { FrameTimes } from './frames/frame-tap.ts'
import { pollFrames } from './frames/poll-frames.ts'
import { HlsDriver } from './hls/hls-driver.ts'
import { VideoDriver } from './video/video-driver.ts'
import { WhepDriver } from './whep/whep-driver.ts'

export type { SteerChange } from './driver/source-driver.ts'
export type { TileSize } from './driver/tile-size.ts'

export interface PageSource extends AsyncDisposable {
  readonly spec: SourceSpec
  /** One element for the source's whole life, never in the document; picture and (hls, video) sound come from it. */
  readonly element: HTMLVideoElement
  readonly state: SourceState
  /** Tile size in pixels of the picture; hls caps its level to it. */
  setTileSize(size: TileSize): void
  /** The place of a frame in the stream itself; undefined while it is not known. */
  positionOf(times: FrameTimes): StreamPosition | undefined
  /** As `SourceDriver.soundLagMs`. */
  readonly soundLagMs: number | undefined
  /** Moves the player by so much media, or sets its rate; false for a source that cannot be moved. */
  steer(change: SteerChange): boolean
}

/** Opens a source and keeps it open until it is disposed. Returns at once and never throws: the listener gets every error. */
export function openSource(spec: SourceSpec, listener: SourceListener): PageSource {
  const element = createElement(spec)
  const status = new SourceStatus(listener, () => performance.now())
  const driver = openDriver(spec, element, status, listener)
  const shown = {
    get frames() {
      return element.getVideoPlaybackQuality().totalVideoFrames
    },
    get hasEnded() {
      return element.ended
    },
  }
  const poll = pollFrames(shown, status, driver)
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
      poll[Symbol.dispose]()
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
  // The mix takes the sound of a WHEP source from its stream; the element's own output would double it.
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
