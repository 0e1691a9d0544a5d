import { parsePps, parseSps, type Sps } from '../../h264/index.ts'

/** The parameter sets in force at one IDR picture. */
export interface ParameterSets {
  readonly sps: readonly Uint8Array[]
  readonly pps: readonly Uint8Array[]
}

/** Parsed parameter sets, in the order of their bytes. */
export interface ParsedSets {
  readonly sps: readonly Sps[]
  readonly ppsIds: readonly number[]
}

/** Most ids that a film can have: `seq_parameter_set_id` is 0 to 31 (ITU-T H.264 §7.4.2.1.1). */
const SPS_IDS = 32

/** Reads each of the sets. Throws a RangeError when one is cut short. */
export function parseSets({ sps, pps }: ParameterSets): ParsedSets {
  return { sps: sps.map(parseSps), ppsIds: pps.map((unit) => parsePps(unit).id) }
}

/**
 * All parameter sets of a film, each id once. Takes of different encoders may use one id for different sets; then what
 * came first has it, and pictures that need the other one cannot be copied.
 */
export class SetTable {
  readonly #sps = new Map<number, Uint8Array>()
  readonly #pps = new Map<number, Uint8Array>()

  /** Takes the sets in; false, and nothing is taken in, when an id already stands for other bytes. */
  add(sets: ParameterSets): boolean {
    const parsed = parseSets(sets)
    const sps = sets.sps.map((unit, i) => [parsed.sps[i]?.id ?? 0, unit] as const)
    const pps = sets.pps.map((unit, i) => [parsed.ppsIds[i] ?? 0, unit] as const)
    if (![...sps.map(fits(this.#sps)), ...pps.map(fits(this.#pps))].every(Boolean)) return false
    for (const [id, unit] of sps) this.#sps.set(id, unit)
    for (const [id, unit] of pps) this.#pps.set(id, unit)
    return true
  }

  /** An id that neither an SPS nor a PPS of the film has; undefined when all 32 are taken. */
  freeId(): number | undefined {
    const ids = Array.from({ length: SPS_IDS }, (_, id) => id)
    return ids.find((id) => !this.#sps.has(id) && !this.#pps.has(id))
  }

  get sets(): ParameterSets {
    return { sps: [...this.#sps.values()], pps: [...this.#pps.values()] }
  }
}

function fits(known: ReadonlyMap<number, Uint8Array>) {
  return ([id, unit]: readonly [number, Uint8Array]): boolean => {
    const other = known.get(id)
    return other === undefined || Buffer.compare(other, unit) === 0
  }
}
