import type { Client, ListOptions } from '../../src/client/index.ts'
import type { Event, Recording } from '../../src/protocol/index.ts'
import { BackOff, RETRY_POLICIES } from '../../src/timing/index.ts'
import { connectService, isAbort, isSignInNeeded, type ServiceLink } from './api.ts'
import { applyGalleryEvent, EMPTY_GALLERY, type Gallery } from './gallery.ts'
import { applyEvent, dropRecording, keepRecordings, type Library } from './library.ts'

export interface SessionView {
  readonly library: Library
  readonly gallery: Gallery
  /** `online`: every change arrives. `offline`: the page shows what it last knew, and retries. */
  readonly connection: 'connecting' | 'online' | 'offline'
  readonly signInNeeded: boolean
  /** Grows when the service is back after an outage: what was loaded before may be stale. */
  readonly arrival: number
}

/** What this page knows of the service: the library, kept fresh by the event stream, and whether a key is needed. */
export class Session implements Disposable {
  #view: SessionView = {
    library: new Map(),
    gallery: EMPTY_GALLERY,
    connection: 'connecting',
    signInNeeded: false,
    arrival: 0,
  }
  #clockLeadMs: number | undefined
  #listeners = new Set<() => void>()
  #link: ServiceLink = connectService((reached) => this.#setReach(reached))
  #following = new AbortController()

  get view(): SessionView {
    return this.#view
  }

  get client(): Client {
    return this.#link.client
  }

  /** The service's clock, epoch ms; this device's before the first event, from which the difference is known. */
  nowMs(): number {
    return Date.now() + (this.#clockLeadMs ?? 0)
  }

  /** True once `nowMs` is the service's clock, to the time that an event takes. */
  get clockIsKnown(): boolean {
    return this.#clockLeadMs !== undefined
  }

  /** Calls back after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Follows the service's events until it is called again, the session is disposed of or the service asks for a key: there is
   * never more than one stream.
   */
  async follow(): Promise<void> {
    this.#following.abort()
    this.#following = new AbortController()
    const { signal } = this.#following
    const backOff = new BackOff(RETRY_POLICIES.refusedStream)
    await this.#link.openMedia()
    while (!signal.aborted) {
      try {
        for await (const event of this.client.events({ signal })) this.#apply(event)
      } catch (error) {
        if (signal.aborted) return
        this.#onRefusal(error)
        if (this.#view.signInNeeded) return
      }
      if (signal.aborted) return
      this.#setReach(false)
      await backOff.wait(signal)
    }
  }

  /** One page of the list; its recordings join the library. */
  async loadPage(
    query: ListOptions,
  ): Promise<{ readonly oldestId: string | undefined; readonly nextCursor: string | null }> {
    const page = await this.call((client) => client.recordings.list(query))
    this.#set({ library: keepRecordings(this.#view.library, page.items) })
    return { oldestId: page.items.at(-1)?.id, nextCursor: page.nextCursor }
  }

  /** Runs a call whose answer is a recording and keeps it. */
  async keep(call: (recordings: Client['recordings']) => Promise<Recording>): Promise<Recording> {
    const recording = await this.call((client) => call(client.recordings))
    this.#set({ library: keepRecordings(this.#view.library, [recording]) })
    return recording
  }

  /** Drops a recording that is gone; its highlights and recaps stay. */
  forget(recordingId: string): void {
    this.#set({ library: dropRecording(this.#view.library, recordingId) })
  }

  /** Exchanges an API key for a session and starts over. */
  async signIn(key: string): Promise<void> {
    await this.#link.signIn(key)
    this.#set({ signInNeeded: false, arrival: this.#view.arrival + 1 })
    void this.follow()
  }

  /** Runs any call; one that is refused without a key leads to the sign-in. */
  async call<T>(call: (client: Client) => Promise<T>): Promise<T> {
    await this.#link.openMedia()
    const { client } = this
    try {
      return await call(client)
    } catch (error) {
      // A late refusal of an earlier key says nothing about the present one.
      if (client === this.client) this.#onRefusal(error)
      throw error
    }
  }

  /** Applies the answer of a call, received or expected, to the gallery. */
  changeGallery(change: (gallery: Gallery) => Gallery): void {
    this.#set({ gallery: change(this.#view.gallery) })
  }

  [Symbol.dispose](): void {
    this.#following.abort()
  }

  #apply(event: Event): void {
    // An event's delay makes the lead look smaller: the largest one is closest to the truth.
    this.#clockLeadMs = Math.max(this.#clockLeadMs ?? Number.NEGATIVE_INFINITY, Date.parse(event.at) - Date.now())
    this.#set({
      library: applyEvent(this.#view.library, event),
      gallery: applyGalleryEvent(this.#view.gallery, event),
    })
  }

  #setReach(reached: boolean): void {
    const { connection, arrival } = this.#view
    const now = reached ? 'online' : 'offline'
    if (now !== connection) this.#set({ connection: now, arrival: connection === 'offline' ? arrival + 1 : arrival })
  }

  #onRefusal(error: unknown): void {
    if (isSignInNeeded(error)) this.#set({ signInNeeded: true })
    else if (!isAbort(error)) console.error(error)
  }

  #set(change: Partial<SessionView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
