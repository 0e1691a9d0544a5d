import type { Size } from '../../drawing/geometry.ts'
import { FrameCopy, uprightSize } from './frame-copy.ts'
import type { Kernels } from './kernels/kernels.ts'
import { wholeOf } from './plane-work.ts'
import { type Planes, partsOf, takePlanes } from './planes.ts'

/** A source's picture in the kernels' memory. */
export interface StagedFrame {
  readonly planes: Planes
  /** How large it is to be seen: its pixels need not be square. */
  readonly display: Size
  /** The same number stands for the same picture. */
  readonly content: number
}

interface Staged extends StagedFrame {
  /** Of the planes' size: the next frame is copied there first, to be compared. */
  readonly spare: Planes
  /** The frame that was copied last; it may be closed by now. */
  readonly frame: VideoFrame
  readonly usedMs: number
}

const KEEP_UNUSED_MS = 2000

/** The newest frame of each source as planes, copied once; a frame that shows what the one before did is no new picture. */
export class FrameIntake {
  readonly #kernels: Kernels
  readonly #copy: FrameCopy
  readonly #staged = new Map<string, Staged>()
  #contents = 0

  constructor(kernels: Kernels, onError: (error: unknown) => void) {
    this.#kernels = kernels
    this.#copy = new FrameCopy(kernels, onError)
  }

  take(sourceId: string, frame: VideoFrame, usedMs: number): StagedFrame {
    const known = this.#staged.get(sourceId)
    const staged = known?.frame === frame ? { ...known, usedMs } : this.#stage(known, frame, usedMs)
    this.#staged.set(sourceId, staged)
    return staged
  }

  /** The picture that was taken last, if it is still there. */
  get(sourceId: string): StagedFrame | undefined {
    return this.#staged.get(sourceId)
  }

  /** Drops what was not taken for a while. */
  sweep(nowMs: number): void {
    for (const [sourceId, staged] of this.#staged) {
      if (nowMs - staged.usedMs < KEEP_UNUSED_MS) continue
      this.#staged.delete(sourceId)
      this.#drop(staged)
    }
  }

  #stage(known: Staged | undefined, frame: VideoFrame, usedMs: number): Staged {
    const size = uprightSize(frame)
    const display = { width: frame.displayWidth, height: frame.displayHeight }
    const fits = known !== undefined && isSameSize(known.planes, size)
    if (known !== undefined && !fits) this.#drop(known)
    const fresh = fits ? known.spare : takePlanes(this.#kernels, size)
    this.#copy.copy(frame, fresh)
    if (fits && isSameSize(known.display, display) && this.#isSame(fresh, known.planes))
      return { ...known, frame, usedMs }
    this.#contents += 1
    const spare = fits ? known.planes : takePlanes(this.#kernels, size)
    return { planes: fresh, spare, display, content: this.#contents, frame, usedMs }
  }

  #isSame(a: Planes, b: Planes): boolean {
    const others = partsOf(b, wholeOf(b))
    return partsOf(a, wholeOf(a)).every(({ at, stride, width, height }, index) => {
      return this.#kernels.code.samePlane(at, others[index]?.at ?? 0, stride, width, height) === 1
    })
  }

  #drop({ planes, spare }: Staged): void {
    this.#kernels.give(planes.at)
    this.#kernels.give(spare.at)
  }
}

function isSameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height
}
