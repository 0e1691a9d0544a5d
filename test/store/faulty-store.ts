import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../src/protocol/index.ts'
import type { SegmentStore } from '../../src/store/index.ts'

/** How a store fails: not at all, at once, after a while, or after it has done what it says has failed. */
export type StoreFault = 'none' | 'refusing' | 'slow' | 'half-answering'

interface FaultyStore extends SegmentStore {
  fault: StoreFault
  /** The keys that the fault is about. */
  faultyKeys: RegExp
  /** Keys in the order in which they were stored. */
  readonly puts: readonly string[]
}

const SLOW_MS = 50

/** A store that passes everything on to a real one, as long as its fault lets it. */
export function makeFaulty(store: SegmentStore): FaultyStore {
  const puts: string[] = []
  const faulty = {
    fault: 'none' as StoreFault,
    faultyKeys: /./,
    puts,
    put: (key: string, body: Uint8Array) => through(key, () => store.put(key, body).then(() => void puts.push(key))),
    putFile: (key: string, path: string) =>
      through(key, () => store.putFile(key, path).then(() => void puts.push(key))),
    get: (...args: Parameters<SegmentStore['get']>) => through(args[0], () => store.get(...args)),
    head: (...args: Parameters<SegmentStore['head']>) => through(args[0], () => store.head(...args)),
    list: (...args: Parameters<SegmentStore['list']>) => store.list(...args),
    folders: (...args: Parameters<SegmentStore['folders']>) => store.folders(...args),
    delete: (...args: Parameters<SegmentStore['delete']>) => through(args[0], () => store.delete(...args)),
    check: () => through('check', () => store.check()),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
  async function through<T>(key: string, act: () => Promise<T>): Promise<T> {
    const fault = faulty.faultyKeys.test(key) ? faulty.fault : 'none'
    if (fault === 'refusing') throw new AppError('store.unavailable', 'The store is away, as the test asked')
    if (fault === 'slow') await sleep(SLOW_MS)
    const result = await act()
    if (fault === 'half-answering') throw new AppError('store.unavailable', 'The answer of the store was cut off')
    return result
  }
  return faulty
}
