/** Lets everything that is due run first: promises, timers, what came in. Node only. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
