import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'

/** The channels of the service. A payload is an id; what it is about is in a row. */
export const CHANNELS = [
  'panorec_events',
  'panorec_commands',
  'panorec_acks',
  'panorec_rooms',
  'panorec_highlights',
] as const
export type Channel = (typeof CHANNELS)[number]

/** Hears a payload; undefined when payloads may have been missed, so that the rows have to be read again. */
export type Heard = (payload: string | undefined) => void

/** LISTEN and NOTIFY. What a transaction notifies is heard once it is committed, by every process of the service. */
export interface Notifications extends AsyncDisposable {
  on(channel: Channel, heard: Heard): Disposable
}

/** The listeners of one process, by channel. */
class Listeners {
  readonly #heard = new Map<Channel, Set<Heard>>(CHANNELS.map((channel) => [channel, new Set()]))

  on(channel: Channel, heard: Heard): Disposable {
    this.#heard.get(channel)?.add(heard)
    return { [Symbol.dispose]: () => this.#heard.get(channel)?.delete(heard) }
  }

  tell(channel: string, payload: string): void {
    for (const heard of this.#heard.get(channel as Channel) ?? []) heard(payload)
  }

  tellMissed(): void {
    for (const heard of [...this.#heard.values()].flatMap((set) => [...set])) heard(undefined)
  }
}

/** Notifications inside an embedded database: its only process hears itself. */
export async function listenPglite(pglite: PGlite): Promise<Notifications> {
  const listeners = new Listeners()
  const stops = await Promise.all(
    CHANNELS.map((channel) => pglite.listen(channel, (payload) => listeners.tell(channel, payload))),
  )
  return {
    on: (channel, heard) => listeners.on(channel, heard),
    async [Symbol.asyncDispose]() {
      for (const stop of stops) await stop()
    },
  }
}

const RECONNECT_MS = 1000
/** A connection that was cut without a word is noticed within this time. */
const HEARTBEAT_MS = 10_000
const HEARTBEAT_TIMEOUT_MS = 5000

/**
 * Notifications of a Postgres server over a connection of their own. A connection that is lost is made again every
 * second; then every listener is told that it may have missed something. `onError` hears of each loss.
 */
export async function listenPostgres(url: string, onError: (error: unknown) => void): Promise<Notifications> {
  const listeners = new Listeners()
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false

  const lose = (lost: pg.Client, error: unknown) => {
    if (client !== lost || closed) return
    client = undefined
    onError(error)
    void lost.end().catch(onError)
    reconnectLater()
  }
  const reconnectLater = () => {
    retry = setTimeout(() => {
      connect().then(
        () => listeners.tellMissed(),
        (error: unknown) => {
          onError(error)
          if (!closed) reconnectLater()
        },
      )
    }, RECONNECT_MS)
  }
  const connect = async () => {
    const fresh = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: HEARTBEAT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      application_name: 'panorec listen',
    })
    fresh.on('error', (error) => lose(fresh, error))
    fresh.on('end', () => lose(fresh, new Error('The connection for notifications was closed')))
    fresh.on('notification', ({ channel, payload }) => listeners.tell(channel, payload ?? ''))
    await fresh.connect()
    for (const channel of CHANNELS) await fresh.query(`LISTEN ${channel}`)
    if (closed) return await fresh.end()
    client = fresh
  }
  await connect()
  const heartbeat = setInterval(() => {
    const current = client
    current?.query('SELECT 1').catch((error: unknown) => lose(current, error))
  }, HEARTBEAT_MS)

  return {
    on: (channel, heard) => listeners.on(channel, heard),
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(heartbeat)
      clearTimeout(retry)
      await client?.end()
    },
  }
}
