import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { FaultyProxy } from '../servers/faulty-proxy.ts'
import type { LiveClass } from '../sources/live-class.ts'

const run = promisify(execFile)
const ip = async (...args: string[]): Promise<void> => void (await run('ip', args))
const KEY = 'key-of-the-fault-suite'

/** A second host: a network namespace that reaches this one over one cable, which can be pulled. */
export class Network implements AsyncDisposable {
  readonly hostAddress: string
  readonly guestAddress: string
  readonly wrapper: readonly string[]
  /** Its worker does not listen on loopback alone, so it wants a key. */
  readonly keys = { PANOREC_API_KEYS: KEY }
  readonly #name: string
  readonly #ways: FaultyProxy[]
  readonly #urls: readonly string[]

  private constructor(
    name: string,
    addresses: readonly [string, string],
    ways: FaultyProxy[],
    urls: readonly string[],
  ) {
    this.#name = name
    this.hostAddress = addresses[0]
    this.guestAddress = addresses[1]
    this.wrapper = ['ip', 'netns', 'exec', name]
    this.#ways = ways
    this.#urls = urls
  }

  /** Needs root, and a kernel that has network namespaces and veth. */
  static async open(live: LiveClass): Promise<Network> {
    await using undo = new AsyncDisposableStack()
    const number = process.pid % 250
    const name = `pnf${number}`
    const [host, guest] = [`10.213.${number}.1`, `10.213.${number}.2`]
    await ip('netns', 'add', name)
    undo.defer(() => ip('netns', 'del', name))
    await ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`, 'netns', name)
    await ip('addr', 'add', `${host}/24`, 'dev', `${name}a`)
    await ip('link', 'set', `${name}a`, 'up')
    await ip('-n', name, 'addr', 'add', `${guest}/24`, 'dev', `${name}b`)
    await ip('-n', name, 'link', 'set', `${name}b`, 'up')
    await ip('-n', name, 'link', 'set', 'lo', 'up')
    const ways: FaultyProxy[] = []
    for (const { url } of live.sources) {
      ways.push(undo.use(await FaultyProxy.start({ host: '127.0.0.1', port: Number(new URL(url).port), listen: host })))
    }
    const resources = undo.move()
    const network = new Network(
      name,
      [host, guest],
      ways,
      live.sources.map(({ url }) => url),
    )
    return Object.assign(network, { [Symbol.asyncDispose]: () => resources.disposeAsync() })
  }

  /** The source of this number, as the other host reaches it. */
  over(index: number): string {
    const [way, url] = [this.#ways[index], this.#urls[index]]
    if (way === undefined || url === undefined) throw new Error(`there is no source ${index}`)
    return way.over(url)
  }

  async pull(): Promise<void> {
    await ip('link', 'set', `${this.#name}a`, 'down')
  }

  async plug(): Promise<void> {
    await ip('link', 'set', `${this.#name}a`, 'up')
  }

  declare [Symbol.asyncDispose]: () => Promise<void>
}
