import { useState } from 'preact/hooks'
import { wordsOf } from './api.ts'

interface Attempts {
  /** What the last attempt failed with, in words for a person; undefined when it succeeded. */
  readonly error: string | undefined
  /** Runs the work, keeps its error, and resolves with true when there was none. It never rejects. */
  readonly attempt: (work: () => Promise<unknown>) => Promise<boolean>
}

/** Calls whose errors are shown beside the control that made them. */
export function useAttempt(): Attempts {
  const [error, setError] = useState<string>()
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work()
      setError(undefined)
      return true
    } catch (thrown) {
      setError(wordsOf(thrown))
      return false
    }
  }
  return { error, attempt }
}
