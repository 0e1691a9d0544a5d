import { clockMs, nowMs } from '../../clock.ts'

/** The times of a frame, milliseconds: the source's own media time, the others on the page's clock. */
export interface FrameTimes {
  readonly mediaMs: number
  readonly presentMs: number
  /**
   * When the element plays the sound of this media time, or up to a few milliseconds later, never earlier. Undefined for a
   * WebRTC stream, whose sound takes a way of its own. Chrome keeps a cadence of pictures for as long as it is less than half
   * a frame off its sound, so on a busy machine `presentMs` is up to 30 ms behind this.
   */
  readonly soundMs: number | undefined
  /** WebRTC only: the sender's clock, 90 kHz, 32 bits (RFC 3550 §5.1). */
  readonly rtpTimestamp: number | undefined
  /** Of a decoded source: the stretch between discontinuities, and by how much its times were moved to continue the one before. */
  readonly origin?: { readonly stretch: number; readonly shiftMs: number }
}

/** The times that a pacer needs of a frame. */
export interface PacedTimes extends Pick<FrameTimes, 'mediaMs' | 'presentMs' | 'soundMs'> {
  /** Where there is no `soundMs`: how much later than its picture the sound of this moment is played, if known. */
  readonly soundLagMs: number | undefined
}

/** Takes ownership of the frame. */
type OnFrame = (frame: VideoFrame, times: FrameTimes) => void

/**
 * Calls `onFrame` with every new frame of an element, once, with its exact media time. Returns a function that ends it.
 *
 * The element must not be in the document: there Chrome shows 60 pictures a second on its own grid and passes over up
 * to a third of a 25 fps source's frames; a detached element with a waiting callback renders them all.
 */
export function watchFrames(element: HTMLVideoElement, onFrame: OnFrame): () => void {
  let handle = 0
  const onPresented: VideoFrameRequestCallback = (_now, { mediaTime, expectedDisplayTime, rtpTimestamp }) => {
    handle = element.requestVideoFrameCallback(onPresented)
    const frame = frameOf(element)
    const times = {
      mediaMs: mediaTime * 1000,
      presentMs: clockMs(expectedDisplayTime),
      soundMs: element.srcObject === null ? nowMs() + (mediaTime - element.currentTime) * 1000 : undefined,
      rtpTimestamp,
    }
    if (frame !== undefined) onFrame(frame, times)
  }
  handle = element.requestVideoFrameCallback(onPresented)
  return () => element.cancelVideoFrameCallback(handle)
}

/** Undefined when the element lost its picture before the callback ran. */
function frameOf(element: HTMLVideoElement): VideoFrame | undefined {
  if (element.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined
  return new VideoFrame(element)
}
