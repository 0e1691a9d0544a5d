import { once } from 'node:events'
import { basename, dirname, join } from 'node:path'
import type { Browser } from 'puppeteer'
import { Child } from '../../service/child.ts'
import { FileServer } from '../../sources/file-server.ts'
import { launchChrome } from '../../watch/chrome.ts'
import type { SfuCommand } from './sfu-process.ts'

type CommandBody = SfuCommand extends infer O ? (O extends { id: number } ? Omit<O, 'id' | 'stream'> : never) : never

/**
 * A WebRTC server on loopback (libdatachannel): WHIP or FFmpeg's RTP in, WHEP out, H.264 and Opus. It runs in a process
 * of its own, because its native library neither survives worker threads nor lets a process end.
 */
export class Sfu implements AsyncDisposable {
  readonly #process = new Child(process.execPath, [join(import.meta.dirname, 'sfu-process.ts')], { stdio: 'ipc' })
  readonly #publishers = new Map<string, AsyncDisposable>()
  #port = 0
  #sent = 0

  static async start(): Promise<Sfu> {
    const sfu = new Sfu()
    sfu.#port = (await sfu.#reply(0)) as number
    return sfu
  }

  whepUrl(stream: string): string {
    return `http://127.0.0.1:${this.#port}/whep/${stream}`
  }

  whipUrl(stream: string): string {
    return `http://127.0.0.1:${this.#port}/whip/${stream}`
  }

  /** FFmpeg sends a clip as it is (the sound as Opus); from `fromSec` on, a whole second. Replaces the publisher. */
  async feed(stream: string, clip: string, fromSec = 0): Promise<void> {
    await this.unpublish(stream)
    const ports = (await this.#send(stream, { type: 'listen' })) as { video: number; audio: number }
    this.#publishers.set(stream, new Child('ffmpeg', feedArguments(clip, fromSec, ports)))
  }

  /** A Chrome plays a clip, in a loop, and publishes it by WHIP; resolves when it is connected. */
  async publishFromChrome(stream: string, clip: string): Promise<void> {
    await this.unpublish(stream)
    const publisher = await ChromePublisher.start(clip, this.whipUrl(stream))
    this.#publishers.set(stream, publisher)
  }

  /** The publisher leaves; its viewers' connections stay. */
  async unpublish(stream: string): Promise<void> {
    await this.#publishers.get(stream)?.[Symbol.asyncDispose]()
    this.#publishers.delete(stream)
    await this.#send(stream, { type: 'unpublish' })
  }

  /** The server closes its viewers' connections. */
  async hangUp(stream: string): Promise<void> {
    await this.#send(stream, { type: 'hang-up' })
  }

  /** New sessions are refused with this HTTP status; 0 heals. */
  async refuse(stream: string, status: number): Promise<void> {
    await this.#send(stream, { type: 'refuse', status })
  }

  async viewers(stream: string): Promise<number> {
    return (await this.#send(stream, { type: 'viewers' })) as number
  }

  async #send(stream: string, command: CommandBody): Promise<unknown> {
    const id = ++this.#sent
    const reply = this.#reply(id)
    this.#process.process.send({ ...command, id, stream } satisfies SfuCommand)
    return await reply
  }

  async #reply(id: number): Promise<unknown> {
    const ended = this.#process.ended.then(() => {
      throw new Error(`the SFU ended: ${this.#process.stderr}`)
    })
    ended.catch(() => undefined)
    for (;;) {
      const [message] = await Promise.race([once(this.#process.process, 'message'), ended])
      if (message.id !== id) continue
      if (message.error) throw new Error(message.error)
      return message.result
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const publisher of this.#publishers.values()) await publisher[Symbol.asyncDispose]()
    await this.#process[Symbol.asyncDispose]()
  }
}

/** H.264 goes through `h264_mp4toannexb`, which puts SPS and PPS before every key frame: a viewer may come at any time. */
function feedArguments(clip: string, fromSec: number, ports: { video: number; audio: number }): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-ss', String(fromSec), '-i', clip],
    ...['-map', '0:v', '-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb', '-payload_type', '96'],
    ...['-f', 'rtp', `rtp://127.0.0.1:${ports.video}?pkt_size=1200`],
    ...['-map', '0:a', '-ac', '2', '-c:a', 'libopus', '-b:a', '96k', '-payload_type', '111'],
    ...['-f', 'rtp', `rtp://127.0.0.1:${ports.audio}?pkt_size=1200`],
  ]
}

class ChromePublisher implements AsyncDisposable {
  readonly #browser: Browser
  readonly #files: FileServer

  private constructor(browser: Browser, files: FileServer) {
    this.#browser = browser
    this.#files = files
  }

  static async start(clip: string, whipUrl: string): Promise<ChromePublisher> {
    const browser = await launchChrome()
    const publisher = new ChromePublisher(browser, await FileServer.start(dirname(clip)))
    try {
      await publisher.#publish(basename(clip), whipUrl)
    } catch (error) {
      await publisher[Symbol.asyncDispose]()
      throw error
    }
    return publisher
  }

  async #publish(clip: string, whipUrl: string): Promise<void> {
    const page = await this.#browser.newPage()
    await page.setContent('<video playsinline crossorigin="anonymous"></video>')
    await page.addScriptTag({ path: join(import.meta.dirname, './publisher.js') })
    const call = [this.#files.url(clip), whipUrl, 'H264'].map((it) => JSON.stringify(it)).join(', ')
    await page.evaluate(`publish(${call})`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await this.#files[Symbol.asyncDispose]()
  }
}
