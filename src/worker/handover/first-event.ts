import type { RecorderEvent } from '../../protocol/index.ts'
import type { RunningTake } from '../take/supervise-take.ts'

export type EventOf<T extends RecorderEvent['type']> = Extract<RecorderEvent, { type: T }>

/** Resolves with the first event of this type from now on; never when there is none. */
export function firstEvent<T extends RecorderEvent['type']>(take: RunningTake, type: T): Promise<EventOf<T>> {
  const { promise, resolve } = Promise.withResolvers<EventOf<T>>()
  const events = take.onEvent((event) => {
    if (event.type !== type) return
    events[Symbol.dispose]()
    resolve(event as EventOf<T>)
  })
  return promise
}
