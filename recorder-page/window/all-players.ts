import type { Played } from '../handover/index.ts'
import type { SteerChange } from '../sources/index.ts'
import type { DecodedPlace } from '../worker/messages.ts'
import type { SourcePlayers } from './source-players.ts'

/** The players of all sources, those that the worker decodes too, for who steers them. */
export class AllPlayers {
  readonly #steerDecoded: (sourceId: string, change: SteerChange) => void
  readonly #steers = new Map<string, number>()
  readonly #decoded = new Set<string>()
  #places: ReadonlyMap<string, DecodedPlace> = new Map()
  #elements: SourcePlayers | undefined

  constructor(steerDecoded: (sourceId: string, change: SteerChange) => void) {
    this.#steerDecoded = steerDecoded
  }

  setElements(elements: SourcePlayers): void {
    this.#elements = elements
  }

  addDecoded(sourceId: string): void {
    this.#decoded.add(sourceId)
  }

  /** False when it was not there any more. */
  removeDecoded(sourceId: string): boolean {
    this.#steers.delete(sourceId)
    return this.#decoded.delete(sourceId)
  }

  /** What the worker said last. */
  setPlaces(places: ReadonlyMap<string, DecodedPlace>): void {
    this.#places = places
  }

  get sourceIds(): readonly string[] {
    return [...this.#decoded, ...(this.#elements?.sourceIds ?? [])]
  }

  /** Undefined while it is unknown: of a decoded source also after a steer, until the worker has seen that. */
  played(sourceId: string): Played | undefined {
    if (!this.#decoded.has(sourceId)) return this.#elements?.played(sourceId)
    const place = this.#places.get(sourceId)
    return place?.steers === (this.#steers.get(sourceId) ?? 0) ? place.played : undefined
  }

  /** Moves a player by so much of its media, or changes its rate; false when it cannot be moved. */
  steer(sourceId: string, change: SteerChange): boolean {
    if (!this.#decoded.has(sourceId)) return this.#elements?.steer(sourceId, change) ?? false
    this.#steers.set(sourceId, (this.#steers.get(sourceId) ?? 0) + 1)
    this.#steerDecoded(sourceId, change)
    return true
  }
}
