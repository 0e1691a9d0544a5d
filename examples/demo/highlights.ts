import type { Client } from '../../src/client/index.ts'
import type { Highlight } from '../../src/protocol/index.ts'
import { delay } from '../../src/timing/index.ts'

/** When in the lesson, as a share of it: Kofi has raised his hand and speaks. */
const KEPT_AT = 0.25
const POLL_MS = 250
/** The last clip is cut within seconds of the end. */
const READY_TIMEOUT_MS = 30_000

type Highlights = Client['highlights']

/** Triggers a highlight by a call of the API, as a button of the platform would; the demo's other highlight is a signal. */
export async function keepMoment(
  highlights: Highlights,
  {
    recordingId,
    seconds,
    signal,
  }: { readonly recordingId: string; readonly seconds: number; readonly signal: AbortSignal },
): Promise<void> {
  await delay(KEPT_AT * seconds * 1000, { signal })
  if (signal.aborted) return
  await highlights.trigger(recordingId, { label: 'Kofi has a question', by: 'zoe', preSec: 6, postSec: 4 })
}

/** The highlights of a recording that has ended, oldest first, as soon as each has its clip or the reason why it has none. */
export async function waitForClips(highlights: Highlights, recordingId: string): Promise<readonly Highlight[]> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const { items } = await highlights.list({ recordingId, limit: 100 })
    const isOpen = items.some(({ state }) => state === 'waiting' || state === 'cutting')
    if (!isOpen || performance.now() > deadline) return items.toReversed()
    await delay(POLL_MS)
  }
}
