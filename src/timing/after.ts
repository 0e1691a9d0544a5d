import { unrefTimer } from './delay.ts'

/** Acts once, `ms` from now, unless it is disposed before. With `unref` the timer alone does not keep the process alive. */
export function after(ms: number, act: () => void, { unref = false } = {}): Disposable {
  const timer = setTimeout(act, ms)
  if (unref) unrefTimer(timer)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
