import { AppError } from '../../protocol/index.ts'

/** What to do about the memory of a recorder and its Chrome. */
export interface MemoryVerdict {
  /** The memory is above its level or climbs: a new browser would need less. */
  readonly isHigh: boolean
  /** Set when the memory is so high for the first time, or climbs for the first time. */
  readonly warning?: AppError
  /** Set when the take has to end now, before the machine kills it. */
  readonly end?: AppError
}

const MB = 1024 * 1024
/** Four sources at 720p measure 0.6 to 1.1 GB; a page's heap breaks at 4 GB. */
export const WARN_BYTES = 2_500 * MB
export const END_BYTES = 3_500 * MB
/** The first minutes do not count: caches fill. */
const WARM_UP_MS = 5 * 60_000
/** A leak: 10 MB a minute is 14 GB a day. */
const SLOPE_MB_PER_MIN = 10
const WINDOW_MS = 10 * 60_000
const EVERY_MS = 10_000

/** Judges the height and the slope of a take's memory, as often as it is measured. */
interface MemoryJudge {
  judge(bytes: number, nowMs: number): MemoryVerdict
}

/** The judge warns once of the height and once of the slope; `end` comes with every measure beyond the limit. */
export function createMemoryJudge(): MemoryJudge {
  const readings: { readonly bytes: number; readonly atMs: number }[] = []
  const warned = new Set<'height' | 'slope'>()
  let bornMs: number | undefined
  const warnOnce = (of: 'height' | 'slope', error: AppError): Pick<MemoryVerdict, 'warning'> => {
    if (warned.has(of)) return {}
    warned.add(of)
    return { warning: error }
  }
  return {
    judge(bytes, nowMs) {
      if (bytes >= END_BYTES) return { isHigh: true, end: tooMuch(bytes, 'a new take begins') }
      bornMs ??= nowMs
      const isWarm = nowMs - bornMs >= WARM_UP_MS
      if (isWarm && nowMs - (readings.at(-1)?.atMs ?? 0) >= EVERY_MS) readings.push({ bytes, atMs: nowMs })
      while ((readings[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) readings.shift()
      const slope = slopeOf(readings)
      if (slope >= SLOPE_MB_PER_MIN) {
        const why = `it grows by ${slope.toFixed(0)} MB a minute`
        return { isHigh: true, ...warnOnce('slope', tooMuch(bytes, why)) }
      }
      if (bytes < WARN_BYTES) return { isHigh: false }
      return { isHigh: true, ...warnOnce('height', tooMuch(bytes, 'see which sources need so much')) }
    },
  }
}

/** MB a minute by least squares over a full window; 0 before there is one. */
function slopeOf(readings: readonly { readonly bytes: number; readonly atMs: number }[]): number {
  const [first] = readings
  const last = readings.at(-1)
  if (first === undefined || last === undefined || last.atMs - first.atMs < WINDOW_MS) return 0
  const points = readings.map(({ bytes, atMs }) => ({ x: (atMs - first.atMs) / 60_000, y: bytes / MB }))
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length
  const up = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0)
  return up / points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0)
}

function tooMuch(bytes: number, why: string): AppError {
  return new AppError('page.memory', `The recorder and its Chrome use ${Math.round(bytes / MB)} MB: ${why}.`)
}
