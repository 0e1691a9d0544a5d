/** A token bucket: `take` is false when the allowance is used up; it refills evenly. */
export function createRateLimit(options: { readonly burst: number; readonly perSec: number; clock(): number }): {
  take(): boolean
} {
  let allowance = options.burst
  let lastMs = options.clock()
  return {
    take() {
      const nowMs = options.clock()
      const refill = (Math.max(0, nowMs - lastMs) / 1000) * options.perSec
      allowance = Math.min(options.burst, allowance + refill)
      lastMs = nowMs
      if (allowance < 1) return false
      allowance -= 1
      return true
    },
  }
}
