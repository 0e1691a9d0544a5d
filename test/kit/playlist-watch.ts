import { setTimeout as sleep } from 'node:timers/promises'
import { type ParsedPlaylist, parsePlaylist, updateFaults } from './playlist-rules.ts'

const POLL_MS = 200
const TS_SYNC_BYTE = 0x47

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

  constructor(urls: readonly string[]) {
    this.#running = Promise.all(urls.map((url) => this.#watch(url)))
  }

  async #watch(url: string): Promise<void> {
    const fetched = new Set<string>()
    let text = ''
    let before: ParsedPlaylist['playlist']
    while (!this.#stop.signal.aborted) {
      const newest = await readText(url)
      if (newest === undefined && text !== '') this.#note(url, ['it is gone'])
      if (newest !== undefined && newest !== text) {
        text = newest
        this.versions.set(url, (this.versions.get(url) ?? 0) + 1)
        const { playlist, faults } = parsePlaylist(text)
        this.#note(url, [...faults, ...(before && playlist ? updateFaults(before, playlist) : [])])
        const names = playlist?.segments.filter((segment) => !segment.gap).map((segment) => segment.uri) ?? []
        await Promise.all(names.filter((name) => !fetched.has(name)).map((name) => this.#fetchSegment(url, name)))
        for (const name of names) fetched.add(name)
        before = playlist ?? before
      }
      await sleep(POLL_MS)
    }
  }

  async #fetchSegment(playlist: string, name: string): Promise<void> {
    const response = await fetch(new URL(name, playlist)).catch(() => undefined)
    const bytes = response?.ok ? new Uint8Array(await response.arrayBuffer()) : new Uint8Array()
    const whole = bytes.length > 0 && bytes.length % 188 === 0 && bytes[0] === TS_SYNC_BYTE
    if (!whole)
      this.#note(playlist, [`segment ${name} is named and not whole: ${response?.status}, ${bytes.length} bytes`])
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

async function readText(url: string): Promise<string | undefined> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok ? await response.text() : undefined
}
