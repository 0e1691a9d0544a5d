/** A recorder that waits for its take. */
interface SpareState {
  /** With Chrome and the page. */
  readonly hasPage: boolean
  readonly isLost: boolean
  readonly ageMs: number
  readonly bytes: number
}

interface SpareRules {
  readonly pages: number
  readonly processes: number
  readonly maxAgeMs: number
  readonly maxBytes: number
  /** False: the machine's memory is needed for recordings. */
  readonly hasRoom: boolean
}

interface SparePlan<S> {
  readonly drop: readonly S[]
  /** What is missing; nothing while there is no room. */
  readonly start: 'page' | 'process' | undefined
}

/** Which spares go, and whether one more begins to wait; the newest stay. A spare without its Chrome, too old or too large is none. */
export function planSpares<S extends SpareState>(spares: readonly S[], rules: SpareRules): SparePlan<S> {
  const { pages, processes, maxAgeMs, maxBytes, hasRoom } = rules
  if (!hasRoom) return { drop: spares, start: undefined }
  const good = spares
    .filter((spare) => !spare.isLost && spare.ageMs < maxAgeMs && spare.bytes <= maxBytes)
    .toSorted((a, b) => a.ageMs - b.ageMs)
  const withPage = good.filter(({ hasPage }) => hasPage).slice(0, pages)
  const without = good.filter(({ hasPage }) => !hasPage).slice(0, processes)
  const kept = new Set([...withPage, ...without])
  const start = withPage.length < pages ? 'page' : without.length < processes ? 'process' : undefined
  return { drop: spares.filter((spare) => !kept.has(spare)), start }
}
