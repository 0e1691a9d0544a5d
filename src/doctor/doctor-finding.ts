import { toAppError } from '../protocol/index.ts'
import { unlessAborted } from '../timing/index.ts'

/** The result of one examination. Only `bad` keeps Panorec from recording. */
interface Finding {
  readonly name: string
  readonly verdict: 'good' | 'warning' | 'bad'
  /** What is there, or what went wrong. */
  readonly found: string
  /** One sentence that says what to do; only where something is not good. */
  readonly advice?: string
}

export type Verdict = Omit<Finding, 'name'>

/** A cold Chrome or a first PGlite on a busy machine takes seconds; what takes longer hangs. */
const TIMEOUT_MS = 30_000

/** One examination of the machine. `advice` is for the case that it fails itself. */
export interface Examination {
  readonly name: string
  readonly advice: string
  /** Where it may take longer than most. */
  readonly timeoutMs?: number
  examine(signal: AbortSignal): Promise<Verdict>
}

/** Runs an examination. Never hangs and never throws: one that fails, or takes longer than its time, is a bad finding. */
export async function runExamination({ name, advice, timeoutMs = TIMEOUT_MS, examine }: Examination): Promise<Finding> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const verdict = await unlessAborted(signal, examine(signal), () => {
      throw new Error(`There was no answer within ${timeoutMs / 1000} s.`)
    })
    return { name, ...verdict }
  } catch (error) {
    return { name, verdict: 'bad', found: toAppError(error).message, advice }
  }
}

const MARKS = { good: '✓', warning: '!', bad: '✗' } as const

/** The finding as one line, and its advice as a second. */
export function describeFinding({ name, verdict, found, advice }: Finding): string[] {
  const line = `${MARKS[verdict]} ${name}: ${found}`
  return advice === undefined || verdict === 'good' ? [line] : [line, `  → ${advice}`]
}

/** A size with its unit, in powers of ten. */
export function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`
}
