import { type ParsedSets, parseSets } from './set-table.ts'

const LENGTH_BYTES = 4
/** Profiles whose record ends with the chroma format (ISO/IEC 14496-15 §5.3.3.1.2). */
const WITH_FORMAT: ReadonlySet<number> = new Set([100, 110, 122, 144])

/**
 * The decoder configuration record with every parameter set of the film, so that none lies among its samples
 * (ISO/IEC 14496-15 §5.3.3.1). Profile and level are the highest of them, a constraint is stated when all keep it.
 */
export function buildAvcConfig(sets: {
  readonly sps: readonly Uint8Array[]
  readonly pps: readonly Uint8Array[]
}): Buffer {
  const { sps } = parseSets(sets)
  const profile = Math.max(...sps.map((set) => set.profile))
  const constraints = sps.reduce((all, set) => all & set.constraints, 0xff)
  const level = Math.max(...sps.map((set) => set.level))
  return Buffer.concat([
    Buffer.from([1, profile, constraints, level, 0xfc | (LENGTH_BYTES - 1), 0xe0 | sets.sps.length]),
    ...sets.sps.flatMap(withLength),
    Buffer.from([sets.pps.length]),
    ...sets.pps.flatMap(withLength),
    ...(WITH_FORMAT.has(profile) ? [formatOf(sps)] : []),
  ])
}

function formatOf(sps: ParsedSets['sps']): Buffer {
  const highest = sps.reduce((best, set) => (set.profile > best.profile ? set : best))
  return Buffer.from([
    0xfc | highest.chromaFormat,
    0xf8 | (highest.bitDepthLuma - 8),
    0xf8 | (highest.bitDepthChroma - 8),
    0,
  ])
}

function withLength(unit: Uint8Array): Uint8Array[] {
  return [Buffer.from([unit.byteLength >> 8, unit.byteLength & 0xff]), unit]
}
