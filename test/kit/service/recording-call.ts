import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Layout,
  Recording,
  RecordingSpec,
  RecordingState,
  Signal,
  SourceSpec,
} from '../../../src/protocol/index.ts'

const POLL_MS = 50
/** A cold start with an embedded database on a busy machine; anything longer is a hang. */
const LONGEST_WAIT_MS = 30_000
const ENDED: readonly RecordingState[] = ['completed', 'failed']

/** One recording as a caller of the API sees it. */
export class RecordingCall {
  readonly id: string
  readonly requestedAtMs: number
  readonly liveUrl: string
  readonly indexUrl: string
  readonly #base: string

  constructor(serviceUrl: string, recording: Recording, requestedAtMs: number) {
    this.id = recording.id
    this.requestedAtMs = requestedAtMs
    this.liveUrl = new URL(recording.links.live, serviceUrl).href
    this.indexUrl = new URL(recording.links.index, serviceUrl).href
    this.#base = `${serviceUrl}/v1/recordings/${recording.id}`
  }

  /** `POST /v1/recordings` of a service; throws with its answer when that is a refusal. */
  static async post(serviceUrl: string, spec: RecordingSpec): Promise<RecordingCall> {
    const requestedAtMs = Date.now()
    const response = await fetch(`${serviceUrl}/v1/recordings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(spec),
    })
    if (response.status !== 201) throw new Error(`POST answered ${response.status}: ${await response.text()}`)
    return new RecordingCall(serviceUrl, (await response.json()) as Recording, requestedAtMs)
  }

  async get(): Promise<Recording> {
    return (await this.#call('GET', '')) as Recording
  }

  /** Waits for a state; throws with the recording's own reason when it ends in another one. */
  async reach(state: RecordingState): Promise<Recording> {
    return await this.until(`state ${state}`, (recording) => recording.state === state)
  }

  async until(what: string, isTrue: (recording: Recording) => boolean): Promise<Recording> {
    const deadline = performance.now() + LONGEST_WAIT_MS
    for (;;) {
      const recording = await this.get()
      if (isTrue(recording)) return recording
      const { state, error, sources } = recording
      if (ENDED.includes(state) || performance.now() > deadline) {
        throw new Error(`${this.id} did not reach ${what}: ${JSON.stringify({ state, error, sources })}`)
      }
      await sleep(POLL_MS)
    }
  }

  /** Waits until the recording runs and every source is live. */
  async running(): Promise<Recording> {
    const allLive = ({ sources }: Recording): boolean => sources.every((source) => source.state === 'live')
    return await this.until('all sources live', (recording) => recording.state === 'recording' && allLive(recording))
  }

  async addSource(source: SourceSpec): Promise<void> {
    await this.#call('POST', '/sources', source)
  }

  /** Epoch milliseconds just before the call. */
  async setLayout(layout: Layout): Promise<number> {
    const atMs = Date.now()
    await this.#call('PUT', '/layout', layout)
    return atMs
  }

  /** Epoch milliseconds just before the call, which is also the signals' time. */
  async signal(signal: Record<string, unknown> & { readonly type: string }): Promise<number> {
    const at = Date.now()
    await this.#call('POST', '/signals', { v: 1, at, ...signal } as Signal)
    return at
  }

  /** Resolves when nothing is recorded any more. */
  async pause(): Promise<Recording> {
    return (await this.#call('POST', '/pause')) as Recording
  }

  /** Resolves with the first picture. */
  async resume(): Promise<Recording> {
    return (await this.#call('POST', '/resume')) as Recording
  }

  /** Stops and waits for `completed`. */
  async stop(): Promise<Recording> {
    await this.#call('POST', '/stop')
    return await this.reach('completed')
  }

  async index(): Promise<string> {
    return await (await fetch(this.indexUrl)).text()
  }

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}
