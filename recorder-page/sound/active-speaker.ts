/** Speech at a normal level; room noise and breath stay below. About -38 dBFS RMS. */
const SPEECH_LEVEL = 0.0125
/** A newcomer must be this much louder than the present speaker to take over. */
const TAKEOVER_RATIO = 1.3
/** How long the present speaker is kept over a pause, and how long a newcomer must speak, so that a cough does not switch. */
const HOLD_MS = 2000
const TAKEOVER_MS = 600

/** Finds who speaks from the sources' levels. Pure in its arguments: call it at a steady pace, about ten times a second. */
export class ActiveSpeaker {
  #current: string | null = null
  #lastHeardMs = 0
  #challenger: string | null = null
  #challengedMs = 0

  /** `levels` are RMS, 0 to 1; muted sources have 0. Returns who speaks now, null for nobody. */
  update(levels: ReadonlyMap<string, number>, nowMs: number): string | null {
    const [loudest, level] = loudestOf(levels)
    const currentLevel = this.#current === null ? 0 : (levels.get(this.#current) ?? 0)
    if (currentLevel >= SPEECH_LEVEL) this.#lastHeardMs = nowMs
    const silent = this.#current === null || nowMs - this.#lastHeardMs > HOLD_MS
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
    this.#lastHeardMs = nowMs
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
