/** A fault that comes and goes is told by its log lines; who listens to events hears of it so often at most. */
const EVERY_MS = 60_000

/** Says whether a warning of this code becomes an event of its take: each code once a minute at most. */
export function limitWarnings(): (code: string, nowMs: number) => boolean {
  const toldAtMs = new Map<string, number>()
  return (code, nowMs) => {
    const lastMs = toldAtMs.get(code)
    if (lastMs !== undefined && nowMs - lastMs < EVERY_MS) return false
    toldAtMs.set(code, nowMs)
    return true
  }
}
