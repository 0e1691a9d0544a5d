import type { Film } from './film.ts'

/**
 * Wall time of the recording's pictures, from the playlist's first PROGRAM-DATE-TIME: the wall time, epoch milliseconds,
 * of the first picture. Both directions are exact as long as the playlist has one take.
 */
export class Timeline {
  readonly #firstWallMs: number
  readonly #firstPtsSec: number

  constructor(playlist: string, film: Film) {
    const [, date = ''] = /#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(playlist) ?? []
    const first = film.pictures[0]
    if (!first || Number.isNaN(Date.parse(date))) throw new Error('the recording has no date or no picture')
    this.#firstWallMs = Date.parse(date)
    this.#firstPtsSec = first.ptsSec
  }

  ptsSec(wallMs: number): number {
    return this.#firstPtsSec + (wallMs - this.#firstWallMs) / 1000
  }

  wallMs(ptsSec: number): number {
    return this.#firstWallMs + (ptsSec - this.#firstPtsSec) * 1000
  }
}
