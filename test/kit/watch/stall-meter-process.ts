/** Ticks in a session of its own, so that the load of the tests does not count, and says when a tick came late. */
const TICK_MS = 20
/** Two pictures of a 25 fps recording: a machine that keeps its processes waiting for less is only busy. */
const LATE_MS = 80

let due = performance.now() + TICK_MS
setInterval(() => {
  const now = performance.now()
  const lateMs = now - due
  if (lateMs > LATE_MS) process.send?.({ toMs: Date.now(), lateMs })
  due = now + TICK_MS
}, TICK_MS)
process.send?.('ready')
process.on('disconnect', () => process.exit())
