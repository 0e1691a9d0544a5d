import type { RawData, WebSocket } from 'ws'
import {
  AppError,
  appErrorFrom,
  decodePacket,
  type FromPage,
  type Packet,
  type PageStart,
  type TakeClock,
  type ToPage,
} from '../../protocol/index.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { createPageClock } from './page-clock.ts'

export interface PageLinkOptions {
  /** What the page is started with; asked for once the page is there. */
  readonly start: (link: Pick<PageLink, 'measureClock'>) => Promise<PageStart>
  readonly logger: LogPort
  readonly onPacket: (packet: Packet) => void
  /** Every message but `hello`, `started`, `stopped`, `failed` and `log`, which the link deals with itself. */
  readonly onMessage: (message: FromPage) => void
  readonly onFailed: (error: AppError) => void
}

/** The recorder's end of the two WebSockets of a take. */
export interface PageLink {
  readonly acceptControl: (socket: WebSocket) => void
  readonly acceptPackets: (socket: WebSocket) => void
  /** Wall time of media time zero, epoch milliseconds: what the page says, or by its first packet if it never does. */
  readonly takeEpochMs: Promise<number>
  /** Sends a message; before the page has started it waits for `start` to go first. */
  send(message: ToPage): void
  /** The page's clock against this machine's; never resolves when the page does not answer. */
  measureClock(): Promise<TakeClock>
  /** Ends the take in the page with the picture before this time; resolves when its last packet has arrived. */
  end(atMs: number): Promise<void>
  /** Ends the take in the page; resolves when its last packet has arrived, or when `deadline` comes. */
  stop(deadline: AbortSignal): Promise<void>
}

export function createPageLink(options: PageLinkOptions): PageLink {
  const epoch = Promise.withResolvers<number>()
  const stopped = Promise.withResolvers<void>()
  const drained = Promise.withResolvers<void>()
  const saidStopped = Promise.withResolvers<void>()
  const waiting: ToPage[] = []
  let control: WebSocket | undefined
  let greeted = false
  let started = false
  let stopping = false
  let isEnding = false
  let nextSequence = 0
  let guessedEpochMs: number | undefined

  const write = (message: ToPage): void => control?.send(JSON.stringify(message))
  const clock = createPageClock(write)

  async function greet(): Promise<void> {
    if (greeted) return options.onFailed(new AppError('page.crashed', 'The recorder page loaded a second time'))
    greeted = true
    write({ type: 'start', ...(await options.start(clockOf)) })
    started = true
    for (const held of waiting.splice(0)) write(held)
  }

  function receive(message: FromPage): void {
    switch (message.type) {
      case 'hello':
        void greet()
        break
      case 'clock':
        clock.hear(message)
        break
      case 'started':
        epoch.resolve(message.takeEpochMs)
        break
      case 'stopped':
        stopping = true
        saidStopped.resolve()
        stopped.resolve()
        break
      case 'failed':
        options.onFailed(appErrorFrom(message.error))
        break
      case 'log':
        options.logger[message.level]({ page: message.details ?? {} }, message.message)
        break
      default:
        options.onMessage(message)
        break
    }
  }

  function closed(end: PromiseWithResolvers<void>, isExpected: boolean, message: string): void {
    if (!isExpected) options.onFailed(new AppError('page.crashed', message))
    end.resolve()
  }

  function receivePacket(data: Buffer): void {
    const packet = decodePacket(data)
    if (packet === undefined || packet.sequence !== nextSequence) {
      const got = packet === undefined ? 'no packet' : `packet ${packet.sequence}`
      options.onFailed(new AppError('page.failed', `The page sent ${got} in place of packet ${nextSequence}`))
      return
    }
    nextSequence = (nextSequence + 1) >>> 0
    guessedEpochMs ??= Date.now() - packet.timestampUs / 1000
    options.onPacket(packet)
  }

  const clockOf = { measureClock: clock.measure }
  return {
    ...clockOf,
    async end(atMs) {
      isEnding = true
      write({ type: 'end', atMs })
      await Promise.all([saidStopped.promise, drained.promise])
    },
    acceptControl(socket) {
      control = socket
      socket.on('message', (data) => receive(JSON.parse(textOf(data)) as FromPage))
      socket.on('error', (error) => options.logger.warn({ err: error }, 'the control link to the page broke'))
      socket.on('close', () => closed(stopped, stopping, 'The recorder page closed its control link'))
    },
    acceptPackets(socket) {
      socket.on('message', (data) => receivePacket(data as Buffer))
      socket.on('error', (error) => options.logger.warn({ err: error }, 'the packet link to the page broke'))
      socket.on('close', () => closed(drained, stopping || isEnding, 'The recorder page closed its packet link'))
    },
    takeEpochMs: epoch.promise,
    send(message) {
      if (started) write(message)
      else waiting.push(message)
    },
    async stop(deadline) {
      stopping = true
      write({ type: 'stop' })
      if (started) await Promise.race([Promise.all([stopped.promise, drained.promise]), aborted(deadline)])
      epoch.resolve(guessedEpochMs ?? Date.now())
    },
  }
}

function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8')
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
