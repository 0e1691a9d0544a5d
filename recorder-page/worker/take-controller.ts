import { assertNever } from '../../src/protocol/assert-never.ts'
import type { PacketLink } from '../link/index.ts'
import type { SoundClockReading } from '../sound/sound-clock.ts'
import type { ToWorker } from './messages.ts'
import type { Take } from './take.ts'
import type { WarmUp } from './warm-up.ts'

/** The messages for the take; all others are for the scene. */
export type ForTake = Extract<ToWorker, { type: 'sound-clock' | 'cut' | 'pause' | 'resume' | 'begin' | 'end' | 'stop' }>

/** The readings that the sound's time line keeps. */
const READINGS = 7

interface TakeControllerOptions {
  readonly begin: (startMs?: number) => Take
  /** Undefined: the take begins at once. */
  readonly warmUp: WarmUp | undefined
  readonly link: PacketLink
  readonly onStopped: () => void
}

/** Begins one take, at once or at the switch time, passes its messages on to it, and ends it once. */
export class TakeController {
  readonly #options: TakeControllerOptions
  readonly #readings: SoundClockReading[] = []
  readonly #cuts: (number | undefined)[] = []
  #take: Take | undefined
  #isEnding = false

  constructor(options: TakeControllerOptions) {
    this.#options = options
    if (options.warmUp === undefined) this.#begin()
  }

  async handle(message: ForTake): Promise<void> {
    switch (message.type) {
      case 'sound-clock':
        return this.#addReading(message.reading)
      case 'cut':
        if (this.#take === undefined) this.#cuts.push(message.atMs)
        return this.#take?.cut(message.atMs)
      case 'pause':
        return await this.#take?.pause()
      case 'resume':
        return await this.#take?.resume()
      case 'begin':
        this.#options.warmUp?.endAt(message.atMs)
        return this.#begin(message.atMs)
      case 'end':
        return await this.#end((take) => take.finishAt(message.atMs))
      case 'stop':
        this.#options.warmUp?.[Symbol.dispose]()
        return await this.#end((take) => take.finish())
      default:
        return assertNever(message)
    }
  }

  #begin(startMs?: number): void {
    this.#take ??= this.#options.begin(startMs)
    for (const reading of this.#readings) this.#take.addSoundClock(reading)
    for (const atMs of this.#cuts.splice(0)) if (atMs !== undefined) this.#take.cut(atMs)
  }

  #addReading(reading: SoundClockReading): void {
    this.#take?.addSoundClock(reading)
    this.#readings.push(reading)
    if (this.#readings.length > READINGS) this.#readings.shift()
  }

  /** Idempotent: a second end changes nothing. */
  async #end(finish: (take: Take) => Promise<void>): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    if (this.#take !== undefined) await finish(this.#take)
    await this.#options.link.close()
    this.#options.onStopped()
  }
}
