import { makePatternClip } from './clip.ts'
import { HlsServer } from './hls-server.ts'
import { type Pattern, patternOf } from './pattern.ts'

/** Segments that a player wants before it starts. */
const READY_SEGMENTS = 3
/** Few lengths, so that most classes share the clips of the cache. */
const CLIP_UNIT_SEC = 120

/** Several live HLS sources with known patterns; the i-th has pattern i and the id `source-<i>`. */
export class LiveClass implements AsyncDisposable {
  readonly patterns: readonly Pattern[]
  readonly servers: readonly HlsServer[]

  private constructor(patterns: readonly Pattern[], servers: readonly HlsServer[]) {
    this.patterns = patterns
    this.servers = servers
  }

  /** All sources are ready to be played when it resolves, and go on for `seconds` at least. */
  static async start(count: number, seconds: number): Promise<LiveClass> {
    const patterns = Array.from({ length: count }, (_, index) => patternOf(index))
    const servers: HlsServer[] = []
    const live = new LiveClass(patterns, servers)
    try {
      for (const pattern of patterns) {
        servers.push(await HlsServer.start({ clip: await makeLongClip(pattern, seconds) }))
      }
      await Promise.all(servers.map((server) => server.ready(READY_SEGMENTS)))
      return live
    } catch (error) {
      await live[Symbol.asyncDispose]()
      throw error
    }
  }

  /** As `POST /v1/recordings` wants them. */
  get sources(): { id: string; type: 'hls'; url: string }[] {
    return this.servers.map((server, index) => ({ id: `source-${index}`, type: 'hls', url: server.url }))
  }

  /** The i-th server; throws when there is none. */
  server(index: number): HlsServer {
    const server = this.servers[index]
    if (!server) throw new Error(`there is no source ${index}`)
    return server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()))
  }
}

/** A pattern's clip of at least so many seconds, of those that many tests share. */
export async function makeLongClip(pattern: Pattern, seconds: number): Promise<string> {
  return await makePatternClip(pattern, Math.ceil(seconds / CLIP_UNIT_SEC) * CLIP_UNIT_SEC)
}
