import type { RawData, WebSocket } from 'ws'
import { AppError, appErrorFrom } from '../../protocol/app-error.ts'
import { decodePackets, type Packet } from '../../protocol/packets.ts'
import type { FromPage, PageStart, ToPage } from '../../protocol/page-link.ts'
import type { TakeClock } from '../../protocol/recorder.ts'
import type { LogPort } from '../../telemetry/index.ts'
import { unlessAborted } from '../../timing/index.ts'
import { PageClock } from './page-clock.ts'

interface PageLinkOptions {
  /** Makes what the page is started with; called once, when the page has said `hello`. */
  readonly start: (link: Pick<PageLink, 'measureClock'>) => Promise<PageStart>
  readonly logger: LogPort
  readonly onPacket: (packet: Packet) => void
  /** Called with every message but `hello`, `clock`, `started`, `stopped`, `failed` and `log`, which the link handles itself. */
  readonly onMessage: (message: FromPage) => void
  readonly onFailed: (error: AppError) => void
}

/** The recorder's end of the two WebSockets of a take. */
export class PageLink {
  readonly #options: PageLinkOptions
  readonly #clock = new PageClock((message) => this.#write(message))
  readonly #epoch = Promise.withResolvers<number>()
  /** The page has answered that its take is over. */
  readonly #stopAnswered = Promise.withResolvers<void>()
  /** The page has answered, or the control link is closed. */
  readonly #controlOver = Promise.withResolvers<void>()
  /** The packet link is closed: no packet comes any more. */
  readonly #packetsOver = Promise.withResolvers<void>()
  /** Messages that wait for `start` to go first. */
  readonly #early: ToPage[] = []
  #control: WebSocket | undefined
  #isGreeted = false
  #isStarted = false
  #isStopping = false
  #isEnding = false
  #nextSequence = 0
  #guessedEpochMs: number | undefined

  constructor(options: PageLinkOptions) {
    this.#options = options
  }

  /** Wall time of media time zero, epoch milliseconds, from `started`; where that never comes, estimated from the first packet. */
  get takeEpochMs(): Promise<number> {
    return this.#epoch.promise
  }

  acceptControl(socket: WebSocket): void {
    this.#control = socket
    socket.on('message', (data) => this.#onMessage(JSON.parse(textOf(data)) as FromPage))
    socket.on('error', (error) => this.#options.logger.warn({ err: error }, 'the control link to the page broke'))
    socket.on('close', () => {
      if (!this.#isStopping) this.#fail('page.crashed', 'The recorder page closed its control link')
      this.#controlOver.resolve()
    })
  }

  acceptPackets(socket: WebSocket): void {
    socket.on('message', (data) => this.#onPackets(data as Buffer))
    socket.on('error', (error) => this.#options.logger.warn({ err: error }, 'the packet link to the page broke'))
    socket.on('close', () => {
      const isExpected = this.#isStopping || this.#isEnding
      if (!isExpected) this.#fail('page.crashed', 'The recorder page closed its packet link')
      this.#packetsOver.resolve()
    })
  }

  /** Sends a message; before the page has started it waits for `start` to go first. */
  send(message: ToPage): void {
    if (this.#isStarted) this.#write(message)
    else this.#early.push(message)
  }

  /** The page's clock against this machine's; never resolves when the page does not answer. */
  async measureClock(): Promise<TakeClock> {
    return await this.#clock.measure()
  }

  /** Ends the take in the page with the picture before this time; resolves when its last packet has arrived. */
  async end(atMs: number): Promise<void> {
    this.#isEnding = true
    this.#write({ type: 'end', atMs })
    await Promise.all([this.#stopAnswered.promise, this.#packetsOver.promise])
  }

  /** Ends the take in the page; resolves when its last packet has arrived, or when `deadline` comes. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#isStopping = true
    this.#write({ type: 'stop' })
    const over = Promise.all([this.#controlOver.promise, this.#packetsOver.promise])
    if (this.#isStarted) await unlessAborted(deadline, over, () => undefined)
    this.#epoch.resolve(this.#guessedEpochMs ?? Date.now())
  }

  #write(message: ToPage): void {
    this.#control?.send(JSON.stringify(message))
  }

  #onMessage(message: FromPage): void {
    switch (message.type) {
      case 'hello':
        void this.#greet()
        break
      case 'clock':
        this.#clock.onAnswer(message)
        break
      case 'started':
        this.#epoch.resolve(message.takeEpochMs)
        break
      case 'stopped':
        this.#isStopping = true
        this.#stopAnswered.resolve()
        this.#controlOver.resolve()
        break
      case 'failed':
        this.#options.onFailed(appErrorFrom(message.error))
        break
      case 'log':
        this.#options.logger[message.level]({ page: message.details ?? {} }, message.message)
        break
      default:
        this.#options.onMessage(message)
        break
    }
  }

  async #greet(): Promise<void> {
    if (this.#isGreeted) return this.#fail('page.crashed', 'The recorder page loaded a second time')
    this.#isGreeted = true
    this.#write({ type: 'start', ...(await this.#options.start(this)) })
    this.#isStarted = true
    for (const message of this.#early.splice(0)) this.#write(message)
  }

  #onPackets(data: Buffer): void {
    const packets = decodePackets(data)
    if (packets === undefined) return this.#refuse('no packet')
    for (const packet of packets) {
      if (packet.sequence !== this.#nextSequence) return this.#refuse(`packet ${packet.sequence}`)
      this.#nextSequence = (this.#nextSequence + 1) >>> 0
      this.#guessedEpochMs ??= Date.now() - packet.timestampUs / 1000
      this.#options.onPacket(packet)
    }
  }

  #refuse(got: string): void {
    this.#fail('page.failed', `The page sent ${got} in place of packet ${this.#nextSequence}`)
  }

  #fail(code: 'page.crashed' | 'page.failed', message: string): void {
    this.#options.onFailed(new AppError(code, message))
  }
}

function textOf(data: RawData): string {
  return (data as Buffer).toString('utf8')
}
