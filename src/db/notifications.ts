import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { delay, RETRY_POLICIES, repeat, retry } from '../timing/index.ts'

/** The channels of the service. A payload is an id; what it is about is in a row. */
const CHANNELS = ['panorec_events', 'panorec_commands', 'panorec_acks', 'panorec_rooms', 'panorec_highlights'] as const
type Channel = (typeof CHANNELS)[number]

/** Gets each payload; undefined when payloads may have been missed, so that the rows have to be read again. */
type Listener = (payload: string | undefined) => void

/** LISTEN and NOTIFY. What a transaction notifies reaches every process of the service once it is committed. */
export interface Notifications extends AsyncDisposable {
  on(channel: Channel, listener: Listener): Disposable
}

/** The listeners of one process, by channel. */
class Listeners {
  readonly #listeners = new Map<Channel, Set<Listener>>(CHANNELS.map((channel) => [channel, new Set()]))

  on(channel: Channel, listener: Listener): Disposable {
    this.#listeners.get(channel)?.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.get(channel)?.delete(listener) }
  }

  notify(channel: string, payload: string): void {
    for (const listener of this.#listeners.get(channel as Channel) ?? []) listener(payload)
  }

  notifyMissed(): void {
    for (const listener of [...this.#listeners.values()].flatMap((set) => [...set])) listener(undefined)
  }
}

/** Notifications inside an embedded database, which has one process only. */
export async function listenPglite(pglite: PGlite): Promise<Notifications> {
  const listeners = new Listeners()
  const stops = await Promise.all(
    CHANNELS.map((channel) => pglite.listen(channel, (payload) => listeners.notify(channel, payload))),
  )
  return {
    on: (channel, listener) => listeners.on(channel, listener),
    async [Symbol.asyncDispose]() {
      for (const stop of stops) await stop()
    },
  }
}

/** A connection that was cut without a word is noticed within this time. */
const HEARTBEAT_MS = 10_000
const HEARTBEAT_TIMEOUT_MS = 5000

/**
 * Notifications of a Postgres server over a connection of their own. A connection that is lost is made again every
 * second; then every listener is told that it may have missed something. `onError` gets each loss.
 */
export async function listenPostgres(url: string, onError: (error: unknown) => void): Promise<Notifications> {
  const notifications = new PostgresNotifications(url, onError)
  await notifications.connect()
  return notifications
}

class PostgresNotifications implements Notifications {
  readonly #url: string
  readonly #onError: (error: unknown) => void
  readonly #listeners = new Listeners()
  readonly #closed = new AbortController()
  #client: pg.Client | undefined
  #heartbeat: Disposable | undefined

  constructor(url: string, onError: (error: unknown) => void) {
    this.#url = url
    this.#onError = onError
  }

  /** The first connection. Throws when it cannot be made. */
  async connect(): Promise<void> {
    await this.#connect()
    this.#heartbeat = repeat({ everyMs: HEARTBEAT_MS, work: () => this.#check() })
  }

  on(channel: Channel, listener: Listener): Disposable {
    return this.#listeners.on(channel, listener)
  }

  async #connect(): Promise<void> {
    const client = this.#newClient()
    try {
      await client.connect()
      for (const channel of CHANNELS) await client.query(`LISTEN ${channel}`)
    } catch (error) {
      void client.end().catch(() => {})
      throw error
    }
    if (this.#closed.signal.aborted) return await client.end()
    this.#client = client
  }

  #newClient(): pg.Client {
    const client = new pg.Client({
      connectionString: this.#url,
      keepAlive: true,
      connectionTimeoutMillis: HEARTBEAT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      application_name: 'panorec listen',
    })
    client.on('error', (error) => this.#lose(client, error))
    client.on('end', () => this.#lose(client, new Error('The connection for notifications was closed')))
    client.on('notification', ({ channel, payload }) => this.#listeners.notify(channel, payload ?? ''))
    return client
  }

  async #check(): Promise<void> {
    const client = this.#client
    await client?.query('SELECT 1').catch((error: unknown) => this.#lose(client, error))
  }

  #lose(client: pg.Client, error: unknown): void {
    if (this.#client !== client || this.#closed.signal.aborted) return
    this.#client = undefined
    this.#onError(error)
    void client.end().catch(this.#onError)
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closed
    const policy = RETRY_POLICIES.reconnect
    await delay(policy.firstMs, { signal })
    if (signal.aborted) return
    try {
      await retry(() => this.#connect(), {
        policy,
        signal,
        code: 'database.unavailable',
        isWorthIt: () => true,
        onFailure: (error) => this.#onError(error),
      })
      this.#listeners.notifyMissed()
    } catch {
      // Without an end to the tries it was closed meanwhile; each failure was reported.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    this.#heartbeat?.[Symbol.dispose]()
    await this.#client?.end()
  }
}
