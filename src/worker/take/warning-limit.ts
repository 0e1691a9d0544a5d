/** Log lines show each occurrence of a fault that comes and goes; events of the take show it so often at most. */
const EVERY_MS = 60_000

/** Limits warnings by their code: true when this one becomes an event of its take, each code once a minute at most. */
export function limitWarnings(): (code: string, nowMs: number) => boolean {
  const reportedAtMs = new Map<string, number>()
  return (code, nowMs) => {
    const lastMs = reportedAtMs.get(code)
    if (lastMs !== undefined && nowMs - lastMs < EVERY_MS) return false
    reportedAtMs.set(code, nowMs)
    return true
  }
}
