import { repeat } from '../../src/timing/index.ts'
import { Mixer } from '../sound/index.ts'
import type { SoundClockReading } from '../sound/sound-clock.ts'
import { SourcePlayers, type SourcePlayersListener } from './source-players.ts'

const LEVELS_EVERY_MS = 100
const SOUND_CLOCK_EVERY_MS = 250

export interface ElementStageListener extends SourcePlayersListener {
  /** Loudness of each source, RMS from 0 to 1. */
  onLevels(levels: ReadonlyMap<string, number>): void
  onSoundClock(reading: SoundClockReading): void
}

/** The sources that media elements play, and their mix. It says what it hears until the page is closed. */
export class ElementStage {
  readonly players: SourcePlayers
  readonly #mixer: Mixer

  private constructor(mixer: Mixer, listener: ElementStageListener) {
    this.#mixer = mixer
    this.players = new SourcePlayers(mixer, listener)
    const sendClock = (): void => listener.onSoundClock(mixer.readClock())
    repeat({ everyMs: LEVELS_EVERY_MS, work: () => listener.onLevels(mixer.levels()) })
    repeat({ everyMs: SOUND_CLOCK_EVERY_MS, work: sendClock })
  }

  /** The mix leaves through the port. */
  static async open(port: MessagePort, listener: ElementStageListener): Promise<ElementStage> {
    return new ElementStage(await Mixer.open(port), listener)
  }

  /** Delays the sound of sources by what their pictures are delayed. */
  setDelays(delaysMs: ReadonlyMap<string, number>): void {
    for (const [sourceId, delayMs] of delaysMs) this.#mixer.setDelay(sourceId, delayMs)
  }
}
