const EVERY_MS = 1000
/** A tick that is so late was late for everybody: what was said meanwhile is still unread. */
const LATE_MS = 3000

export interface SilenceOptions {
  /** Nobody is silent for so long who is alive. */
  readonly silenceMs: number
  /** Who is silent for so long is looked at. */
  readonly doubtMs: number
  /** True when it is certain already that nothing more will be heard. */
  readonly isMute: () => Promise<boolean>
  readonly onSilence: (silentMs: number) => void
}

/** Something was heard; or it may be silent from now on, as when it is disposed. */
export interface SilenceWatch extends Disposable {
  heard(): void
  stop(): void
}

/** Calls back once, when nothing is heard any more; counts from the first thing that was heard. */
export function watchSilence({ silenceMs, doubtMs, isMute, onSilence }: SilenceOptions): SilenceWatch {
  let heardAtMs: number | undefined
  let tickedAtMs = performance.now()
  let isOver = false
  const stop = (): void => {
    isOver = true
    clearInterval(timer)
  }
  const tell = (silentMs: number): void => {
    stop()
    onSilence(silentMs)
  }
  const doubt = async (silentMs: number): Promise<void> => {
    const since = heardAtMs
    if ((await isMute()) && heardAtMs === since && !isOver) tell(silentMs)
  }
  const timer = setInterval(() => {
    const nowMs = performance.now()
    const late = nowMs - tickedAtMs > EVERY_MS + LATE_MS
    tickedAtMs = nowMs
    if (heardAtMs === undefined) return
    if (late) heardAtMs = nowMs
    const silentMs = nowMs - heardAtMs
    if (silentMs > silenceMs) tell(silentMs)
    else if (silentMs > doubtMs) void doubt(silentMs)
  }, EVERY_MS)
  return {
    heard() {
      heardAtMs = performance.now()
    },
    stop,
    [Symbol.dispose]: stop,
  }
}
