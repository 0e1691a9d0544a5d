/**
 * What a worker does with a recorder's process. `stop`: an order to stop was brought, so that it is to end in time. `handOver`: it
 * was told the switch time; the same, and it may be silent while it stores the rest.
 */
export type Wish = 'stop' | 'handOver' | 'terminate' | 'abandon'
export type Wishes = Readonly<Record<Wish, () => void>>

/** Holds a recorder that may not be there yet: what was wished too early is done as soon as it is. */
export interface ProcessControl extends Wishes {
  attach(recorder: Wishes): void
}

export function createProcessControl(): ProcessControl {
  const early = new Set<Wish>()
  let recorder: Wishes | undefined
  const wish = (what: Wish) => (): void => {
    if (recorder === undefined) early.add(what)
    else recorder[what]()
  }
  return {
    stop: wish('stop'),
    handOver: wish('handOver'),
    terminate: wish('terminate'),
    abandon: wish('abandon'),
    attach(process) {
      recorder = process
      for (const what of early) process[what]()
    },
  }
}
