import { appendFileSync } from 'node:fs'

/** Ticks in a session of its own, so that the load of the tests does not count, and writes down each tick that came late. */
const TICK_MS = 20
/** Two pictures of a 25 fps recording: a machine that keeps its processes waiting for less is only busy. */
const LATE_MS = 80

const [path = ''] = process.argv.slice(2)
let due = performance.now() + TICK_MS
setInterval(() => {
  const now = performance.now()
  const lateMs = now - due
  if (lateMs > LATE_MS) appendFileSync(path, `${Date.now() - lateMs} ${Date.now()}\n`)
  due = now + TICK_MS
}, TICK_MS)
process.send?.('ready')
process.on('disconnect', () => process.exit())
