import type { StreamPosition } from '../sources/driver/stream-position.ts'
import type { FrameTimes } from '../sources/frames/frame-tap.ts'
import { nearest } from './nearest.ts'

/** The place of a player in its stream. */
export interface Played {
  /** When media time zero is shown, on the page's clock. */
  readonly offsetMs: number
  /** The stream's position at media time zero. */
  readonly originMs: number
  readonly periodMs: number | null
  /** As `StreamPosition.isWhole`. */
  readonly isWhole: boolean
  /** From how many frames since the player was moved. */
  readonly readings: number
}

/** Presentation times come on a grid of 17 ms, and those of WebRTC are smoothed: the mean of so many frames is exact. */
const WINDOW = 50
/** A position that is off by more is a new stretch of the stream, not jitter. */
const JUMP_MS = 100

/** Estimates the place of one source's player from the frames that it shows. */
export class PlayWatch {
  #offsets: number[] = []
  #origins: number[] = []
  #periodMs: number | null = null
  #isWhole = false

  onFrame({ mediaMs, presentMs }: FrameTimes, position: StreamPosition | undefined): void {
    if (position === undefined) return this.reset()
    const [known] = this.#origins
    const [offset] = this.#offsets
    const originMs = nearest(position.ms - mediaMs, known ?? 0, position.periodMs)
    const isJump = known !== undefined && Math.abs(originMs - known) > JUMP_MS
    if (isJump || (offset !== undefined && Math.abs(presentMs - mediaMs - offset) > JUMP_MS)) this.reset()
    this.#periodMs = position.periodMs
    this.#isWhole = position.isWhole === true
    keep(this.#offsets, presentMs - mediaMs)
    keep(this.#origins, originMs)
  }

  /** The player was moved: its readings are void. */
  reset(): void {
    this.#offsets = []
    this.#origins = []
  }

  get played(): Played | undefined {
    const readings = this.#offsets.length
    if (readings === 0) return undefined
    const [offsetMs, originMs] = [mean(this.#offsets), mean(this.#origins)]
    return { offsetMs, originMs, periodMs: this.#periodMs, isWhole: this.#isWhole, readings }
  }
}

function keep(readings: number[], reading: number): void {
  readings.push(reading)
  if (readings.length > WINDOW) readings.shift()
}

function mean(readings: readonly number[]): number {
  return readings.reduce((sum, reading) => sum + reading, 0) / readings.length
}
