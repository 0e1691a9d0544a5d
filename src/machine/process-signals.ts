/** Whether there is a process of this number, as far as signals tell: `foreign` is another user's. */
export function existenceOf(pid: number): 'own' | 'foreign' | 'none' {
  try {
    process.kill(pid, 0)
    return 'own'
  } catch (error) {
    return isSystemError(error, 'EPERM') ? 'foreign' : 'none'
  }
}

/** Signals a process, or a group by its negative number. Idempotent: one that is gone already is what was wanted. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error
  }
}

/** True for an error of the system with this code (errno(3)). */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
