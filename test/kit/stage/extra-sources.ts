import { basename, dirname } from 'node:path'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import { Sfu } from '../servers/sfu/index.ts'
import { makePatternClip } from '../sources/clip.ts'
import { FileServer } from '../sources/file-server.ts'
import type { Pattern } from '../sources/pattern.ts'

const STREAM = 'dropped'

/** A WHEP source whose publisher and server can leave. */
export class WhepSource implements AsyncDisposable {
  readonly url: string
  readonly #sfu: Sfu
  readonly #clip: string
  readonly #beganAtMs = performance.now()

  private constructor(sfu: Sfu, clip: string) {
    this.#sfu = sfu
    this.#clip = clip
    this.url = sfu.whepUrl(STREAM)
  }

  static async start(pattern: Pattern, seconds: number): Promise<WhepSource> {
    const clip = await makePatternClip(pattern, seconds)
    const whep = new WhepSource(await Sfu.start(), clip)
    await whep.comeBack()
    return whep
  }

  async leave(): Promise<void> {
    await this.#sfu.unpublish(STREAM)
  }

  /** Where the clip would be now had nothing happened. */
  async comeBack(): Promise<void> {
    await this.#sfu.feed(STREAM, this.#clip, Math.round((performance.now() - this.#beganAtMs) / 1000))
  }

  async refuse(): Promise<void> {
    await this.#sfu.refuse(STREAM, 503)
    await this.#sfu.hangUp(STREAM)
  }

  async accept(): Promise<void> {
    await this.#sfu.refuse(STREAM, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sfu[Symbol.asyncDispose]()
  }
}

/** A video file whose server can be cut off. */
export class VideoSource implements AsyncDisposable {
  readonly url: string
  readonly way: FaultyProxy
  readonly #files: FileServer

  private constructor(files: FileServer, way: FaultyProxy, url: string) {
    this.#files = files
    this.way = way
    this.url = url
  }

  static async start(pattern: Pattern, seconds: number): Promise<VideoSource> {
    const clip = await makePatternClip(pattern, seconds)
    const files = await FileServer.start(dirname(clip))
    const url = files.url(basename(clip))
    const way = await FaultyProxy.start({ host: '127.0.0.1', port: Number(new URL(url).port) })
    return new VideoSource(files, way, way.over(url))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.way[Symbol.asyncDispose]()
    await this.#files[Symbol.asyncDispose]()
  }
}
