import type { Event, Recording } from '../../src/protocol/index.ts'
import { api, isSignInNeeded, type ListQuery } from './api.ts'
import { applyEvent, keepRecordings, type Library } from './library.ts'

/** `online` hears every change; `offline` shows what was last known and keeps trying. */
export type Connection = 'connecting' | 'online' | 'offline'
export interface SessionView {
  readonly library: Library
  readonly connection: Connection
  readonly signInNeeded: boolean
}

const RECONNECT_MS = 2000

/** What this page knows of the service: the library, kept fresh by the event stream, and whether it may look at all. */
export class Session {
  #view: SessionView = { library: new Map(), connection: 'connecting', signInNeeded: false }
  #listeners = new Set<() => void>()
  #stop = new AbortController()
  #lastEventId: number | undefined

  get view(): SessionView {
    return this.#view
  }

  /** Calls back after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Follows the service's events until the page goes away; after a break it goes on where it was. */
  async follow(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        const afterId = this.#lastEventId
        const events = api.events({ signal, ...(afterId === undefined ? {} : { afterId }), onOpen: () => this.#set({ connection: 'online' }) })
        for await (const event of events) this.#take(event)
      } catch (error) {
        this.#noticeRefusal(error)
      }
      if (signal.aborted || this.#view.signInNeeded) return
      this.#set({ connection: 'offline' })
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
    }
  }

  /** One page of the list; its recordings join the library. */
  async loadPage(query: ListQuery): Promise<{ readonly oldestId: string | undefined; readonly nextCursor: string | null }> {
    const page = await this.#guard(api.list(query))
    this.#set({ library: keepRecordings(this.#view.library, page.items) })
    return { oldestId: page.items.at(-1)?.id, nextCursor: page.nextCursor }
  }

  /** Runs a call whose answer is a recording and keeps it. */
  async keep(call: Promise<Recording>): Promise<Recording> {
    const recording = await this.#guard(call)
    this.#set({ library: keepRecordings(this.#view.library, [recording]) })
    return recording
  }

  /** Exchanges an API key for a session cookie and starts over. */
  async signIn(key: string): Promise<void> {
    await api.signIn(key)
    this.#set({ signInNeeded: false, connection: 'connecting' })
    void this.follow()
  }

  async #guard<T>(call: Promise<T>): Promise<T> {
    try {
      return await call
    } catch (error) {
      this.#noticeRefusal(error)
      throw error
    }
  }

  #take(event: Event): void {
    this.#lastEventId = event.id
    this.#set({ library: applyEvent(this.#view.library, event), connection: 'online' })
  }

  #noticeRefusal(error: unknown): void {
    if (isSignInNeeded(error)) this.#set({ signInNeeded: true })
  }

  #set(change: Partial<SessionView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}
