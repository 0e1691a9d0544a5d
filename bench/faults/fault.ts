import type { Shape, Stage } from '../../test/kit/stage/stage.ts'

/** Where a fault strikes. */
export interface Scene {
  readonly stage: Stage
  readonly recordingId: string
}

/** What a fault may cost at most. A figure above it is not as promised, whatever else the machine does. */
export interface Promised {
  /** From the fault to the next recorded picture, seconds; 0 when the pictures must not stop. */
  readonly goOnSec: number
  /** From the return of a source that was away to its first new picture, seconds. */
  readonly backSec?: number
}

/** Something that breaks, and how it is mended. */
export interface Fault extends Promised {
  readonly name: string
  /** As the table says it. */
  readonly title: string
  readonly shape: Shape
  /** How long it lasts before it is mended. */
  readonly holdMs: number
  /** The source that it takes away; the others must not notice. */
  readonly source?: number
  /** Only another worker gets over it, which learns from the database what to go on with. */
  readonly needsDatabase?: boolean
  /** For as long as it lasts there is no database. */
  readonly isOfDatabase?: boolean
  /** It strikes at one recording; without it, at all that are on the same machine. */
  readonly isOfOne?: boolean
  /** So many more recordings run meanwhile, little ones of one source each, and have to be as promised too. */
  readonly others?: number
  /** What the second source is, where it is not HLS. */
  readonly kind?: 'whep' | 'video'
  /** Strikes; the answer mends it. `undefined`: there was nothing to strike at just now. */
  inject(scene: Scene): Promise<Heal | undefined>
}

export type Heal = () => Promise<void>

export const nothingToMend: Heal = async () => {}
