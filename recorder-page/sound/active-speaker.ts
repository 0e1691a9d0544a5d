/** Speech at a normal level; room noise and breath stay below. About -38 dBFS RMS. */
const SPEECH_LEVEL = 0.0125
/** A newcomer must be this much louder than the present speaker to take over. */
const TAKEOVER_RATIO = 1.3
/** How long the present speaker is kept in a pause; and how long a newcomer must speak, so that a cough does not switch. */
const HOLD_MS = 2000
const TAKEOVER_MS = 600

/** Detects the active speaker from the sources' levels, with hysteresis. Called at a steady pace, about ten times a second. */
export class ActiveSpeaker {
  #current: string | null = null
  #lastSpeechMs = 0
  #challenger: string | null = null
  #challengedMs = 0

  /** `levels` are RMS, 0 to 1; muted sources have 0. Returns the speaking source, or null. */
  update(levels: ReadonlyMap<string, number>, nowMs: number): string | null {
    const [loudest, level] = loudestOf(levels)
    const currentLevel = this.#current === null ? 0 : (levels.get(this.#current) ?? 0)
    if (currentLevel >= SPEECH_LEVEL) this.#lastSpeechMs = nowMs
    const silent = this.#current === null || nowMs - this.#lastSpeechMs > HOLD_MS
    const challenges = loudest !== null && loudest !== this.#current && level >= SPEECH_LEVEL
    if (!challenges || (!silent && level < currentLevel * TAKEOVER_RATIO)) {
      this.#challenger = null
      if (silent) this.#current = null
      return this.#current
    }
    if (this.#challenger !== loudest) {
      this.#challenger = loudest
      this.#challengedMs = nowMs
    }
    if (nowMs - this.#challengedMs >= TAKEOVER_MS) this.#takeOver(loudest, nowMs)
    return this.#current
  }

  #takeOver(sourceId: string, nowMs: number): void {
    this.#current = sourceId
    this.#lastSpeechMs = nowMs
    this.#challenger = null
  }
}

function loudestOf(levels: ReadonlyMap<string, number>): readonly [string | null, number] {
  let loudest: string | null = null
  let level = 0
  for (const [sourceId, candidate] of levels) {
    if (candidate > level) {
      loudest = sourceId
      level = candidate
    }
  }
  return [loudest, level]
}
