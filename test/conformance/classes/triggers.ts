import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../../../src/client/index.ts'
import { AppError, type Highlight, type HighlightTrigger, type Recording } from '../../../src/protocol/index.ts'
import type { RecordingCall } from '../../kit/service/recording-call.ts'

/** The highlights of one class, each with the name of the way in which it was asked for. */
export class Triggers {
  readonly client: Client
  readonly #recordingId: string
  readonly #asked: Record<string, string> = {}
  readonly #random = seededRandom(3)

  constructor(client: Client, recordingId: string) {
    this.client = client
    this.#recordingId = recordingId
  }

  async trigger(name: string, body: HighlightTrigger, idempotencyKey?: string): Promise<void> {
    const options = idempotencyKey === undefined ? {} : { idempotencyKey }
    this.#asked[name] = (await this.client.highlights.trigger(this.#recordingId, body, options)).id
  }

  /** At a moment up to so long ago, with a little before and after it. */
  async triggerAtRandom(name: string, reachMs: number): Promise<void> {
    const at = reachMs === 0 ? {} : { at: ago(this.#random() * reachMs) }
    await this.trigger(name, { ...at, preSec: this.#random() * 3, postSec: this.#random() * 2 })
  }

  /** By calls, by a signal of the room, and by a rule. */
  async askInEveryWay(call: RecordingCall): Promise<void> {
    await Promise.all([this.trigger('now', { label: 'Now' }), this.trigger('overlap', { preSec: 1.5, postSec: 0.5 })])
    await this.trigger('picture', { preSec: 0, postSec: 0 })
    await this.trigger('past', { at: ago(2000), preSec: 1, postSec: 1 })
    await this.trigger('ahead', { at: ago(-2000), preSec: 1.3, postSec: 1 })
    await Promise.all([this.trigger('key', { preSec: 1, postSec: 0 }, 'once'), sleep(5)])
    await this.trigger('key again', { preSec: 1, postSec: 0 }, 'once')
    await call.signal({ type: 'highlight', label: 'Signal', preSec: 2, postSec: 1, from: 'teacher' })
    await call.signal({ type: 'hand.raised', from: 'amy' })
  }

  /** At its borders and at random, until there are so many in all. */
  async askAfterTheEnd({ startedAt, endedAt }: Recording, count: number): Promise<void> {
    const [startMs, endMs] = [Date.parse(startedAt ?? ''), Date.parse(endedAt ?? '')]
    await this.trigger('first second', { at: new Date(startMs + 300).toISOString(), preSec: 30, postSec: 1 })
    await this.trigger('end', { at: new Date(endMs).toISOString(), preSec: 2, postSec: 0 })
    for (let n = 0; Object.keys(this.#asked).length < count; n += 1) {
      const at = new Date(startMs + this.#random() * (endMs - startMs)).toISOString()
      const body = { at, preSec: this.#random() * 6, postSec: this.#random() * 4 }
      await this.trigger(`later ${n}`, body).catch(unlessInAHole)
    }
  }

  async all(): Promise<Highlight[]> {
    const items: Highlight[] = []
    let cursor: string | null = null
    do {
      const page = await this.client.highlights.list({
        recordingId: this.#recordingId,
        limit: 100,
        ...(cursor !== null && { cursor }),
      })
      items.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== null)
    return items
  }

  /** Ids by name, with those that were not asked for by a call. */
  named(highlights: readonly Highlight[]): Record<string, string> {
    const found = { ...this.#asked }
    for (const { label, rule, id } of highlights) {
      if (label === 'Signal') found.signal = id
      if (label === 'Command') found.command = id
      if (rule === 'hand') found.rule = id
    }
    return found
  }
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString()

/** A random range may lie where nothing was recorded. */
function unlessInAHole(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'highlight.no-media') throw error
}

/** Mulberry32: the same numbers in every run. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
