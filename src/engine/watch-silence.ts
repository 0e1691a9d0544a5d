const EVERY_MS = 1000
/** A tick that is so late was late for everybody: what was said meanwhile is still unread. */
const LATE_MS = 3000

/** Calls back once when nothing was heard for `silenceMs`; counts from the first thing that was heard. */
export function watchSilence(silenceMs: number, onSilence: () => void): Disposable & { heard(): void; stop(): void } {
  let heardAtMs: number | undefined
  let tickedAtMs = performance.now()
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const late = nowMs - tickedAtMs > EVERY_MS + LATE_MS
    tickedAtMs = nowMs
    if (heardAtMs === undefined) return
    if (late) heardAtMs = nowMs
    else if (nowMs - heardAtMs > silenceMs) {
      stop()
      onSilence()
    }
  }, EVERY_MS)
  const stop = () => clearInterval(timer)
  return {
    heard() {
      heardAtMs = performance.now()
    },
    stop,
    [Symbol.dispose]: stop,
  }
}
