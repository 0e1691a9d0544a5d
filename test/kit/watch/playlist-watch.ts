import { setTimeout as sleep } from 'node:timers/promises'
import { type ParsedPlaylist, parsePlaylist, updateFaults } from './playlist-rules.ts'

const POLL_MS = 200
const TS_SYNC_BYTE = 0x47
/** A viewer gives up a request that hangs. */
const READ_TIMEOUT_MS = 10_000

interface PlaylistWatchOptions {
  /** The server may be away or fail for a while: then it is asked again. What it does answer must be right all the same. */
  readonly patient?: boolean
}

/**
 * Reads playlists five times a second, as many viewers together would, and notes everything that any version of them
 * breaks; every segment is fetched the moment it is first named. `faults` must be empty and `versions` must not.
 */
export class PlaylistWatch implements AsyncDisposable {
  readonly faults: string[] = []
  /** Different texts seen of each playlist. */
  readonly versions = new Map<string, number>()
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>
  readonly #patient: boolean

  constructor(urls: readonly string[], { patient = false }: PlaylistWatchOptions = {}) {
    this.#patient = patient
    this.#running = Promise.all(urls.map((url) => this.#watch(url)))
  }

  async #watch(url: string): Promise<void> {
    const fetched = new Set<string>()
    const waiting = new Set<string>()
    let text = ''
    let before: ParsedPlaylist['playlist']
    while (!this.#stop.signal.aborted) {
      const { status, bytes } = await read(url)
      const newest = status === 200 ? new TextDecoder().decode(bytes) : undefined
      if (newest === undefined && text !== '' && !this.#forgives(status)) this.#note(url, [`it is gone: ${status}`])
      if (newest !== undefined && newest !== text) {
        text = newest
        this.versions.set(url, (this.versions.get(url) ?? 0) + 1)
        const { playlist, faults } = parsePlaylist(text)
        this.#note(url, [...faults, ...(before && playlist ? updateFaults(before, playlist) : [])])
        const names = playlist?.segments.filter((segment) => !segment.gap).map((segment) => segment.uri) ?? []
        for (const name of names) if (!fetched.has(name)) waiting.add(name)
        before = playlist ?? before
      }
      await Promise.all(
        [...waiting].map(async (name) => {
          if (!(await this.#fetchSegment(url, name))) return
          waiting.delete(name)
          fetched.add(name)
        }),
      )
      await sleep(POLL_MS)
    }
  }

  /** False when it is to be asked for again. */
  async #fetchSegment(playlist: string, name: string): Promise<boolean> {
    const { status, bytes } = await read(new URL(name, playlist).href)
    if (this.#forgives(status)) return false
    const whole = status === 200 && bytes.length > 0 && bytes.length % 188 === 0 && bytes[0] === TS_SYNC_BYTE
    if (!whole) this.#note(playlist, [`segment ${name} is named and not whole: ${status}, ${bytes.length} bytes`])
    return true
  }

  #forgives(status: number | undefined): boolean {
    return this.#patient && (status === undefined || status >= 500)
  }

  #note(url: string, faults: readonly string[]): void {
    this.faults.push(...faults.map((fault) => `${new Date().toISOString()} ${url}: ${fault}`))
  }

  /** Ends the watch after one more look, so that the last version was seen too. */
  async [Symbol.asyncDispose](): Promise<void> {
    await sleep(POLL_MS * 2)
    this.#stop.abort()
    await this.#running
  }
}

/** Without a status: nobody answered, or not to the end. */
async function read(url: string): Promise<{ readonly status: number | undefined; readonly bytes: Uint8Array }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) })
    return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch {
    return { status: undefined, bytes: new Uint8Array() }
  }
}
