import { type Client, createClient } from '../src/client/index.ts'
import type { Highlight } from '../src/protocol/index.ts'
import { delay } from '../src/timing/index.ts'
import { LiveClass } from '../test/kit/index.ts'
import { TestService } from '../test/kit/service/test-service.ts'
import type { Benchmark } from './benchmark.ts'
import { MILLISECONDS, millisecondsRow } from './milliseconds.ts'

const TRIGGERS = 32
const PRE_SEC = 20
const POST_SEC = 10
/** A storm of triggers makes cuts wait for each other by design; this is no storm. */
const EVERY_MS = 3000
/** The first clip has all of its pre-roll. */
const BEFORE_MS = (PRE_SEC + 2) * 1000
const SOURCE_SEC = 240
/** Long after the last clip. */
const LONGEST_MS = 120_000

/** How long a viewer waits for a clip of a class that is still being recorded. */
export const highlights: Benchmark = {
  name: 'highlights',
  title: 'From the end of the post-roll to the clip',
  async run(say) {
    await using service = await TestService.start()
    await using live = await LiveClass.start(1, SOURCE_SEC)
    const call = await service.post({ sources: live.sources, layout: { name: 'single' } })
    await call.running()
    await delay(BEFORE_MS)
    const client = createClient({ baseUrl: service.url })
    const following = followClips(client, say)
    for (let i = 0; i < TRIGGERS; i += 1) {
      await client.highlights.trigger(call.id, { preSec: PRE_SEC, postSec: POST_SEC })
      await delay(EVERY_MS)
    }
    const { playable, ready } = await following
    await call.stop()
    return {
      method:
        `${TRIGGERS} clips of ${PRE_SEC + POST_SEC} s from a running recording of 1280×720 at 25 fps, triggered every ${EVERY_MS / 1000} s, ` +
        'until a client of the API that got the event had fetched `clip.m3u8` and its last segment, and the whole of `clip.mp4`. ' +
        'Recorder, live source, clip functions and client share the machine.',
      columns: MILLISECONDS,
      rows: [
        millisecondsRow('post-roll to `clip.m3u8`, playable', playable),
        millisecondsRow('post-roll to `clip.mp4`, exact and checked', ready),
      ],
    }
  },
}

/** Fetches what each clip's events announce; resolves with the delays of all clips, milliseconds. */
async function followClips(client: Client, say: (progress: string) => void) {
  const [playable, ready]: [number[], number[]] = [[], []]
  const fetches: Promise<void>[] = []
  const types = ['highlight.playable', 'highlight.ready', 'highlight.failed'] as const
  for await (const event of client.events({ types, signal: AbortSignal.timeout(LONGEST_MS) })) {
    if (event.type === 'highlight.failed') throw new Error(`A clip failed: ${JSON.stringify(event.highlight.error)}`)
    if (event.type === 'highlight.playable')
      fetches.push(addDelay(playable, event.highlight, fetchLastSegment(client, event.highlight)))
    if (event.type !== 'highlight.ready') continue
    fetches.push(addDelay(ready, event.highlight, fetchWhole(client.mediaUrl(event.highlight.links.mp4))))
    await Promise.all(fetches)
    say(`clip ${ready.length} of ${TRIGGERS}: plays after ${playable.at(-1)} ms, ready after ${ready.at(-1)} ms`)
    if (ready.length === TRIGGERS) break
  }
  if (ready.length < TRIGGERS) throw new Error(`Only ${ready.length} of ${TRIGGERS} clips became ready`)
  return { playable, ready }
}

/** Adds the time from the end of the post-roll until something was fetched. */
async function addDelay(delays: number[], { at, postSec }: Highlight, fetched: Promise<unknown>): Promise<void> {
  await fetched
  delays.push(Date.now() - Date.parse(at) - postSec * 1000)
}

async function fetchLastSegment(client: Client, { links }: Highlight): Promise<void> {
  const url = client.mediaUrl(links.playlist)
  const lines = Buffer.from(await fetchWhole(url))
    .toString()
    .split('\n')
  await fetchWhole(new URL(lines.findLast((line) => line.endsWith('.ts')) ?? '', url).href)
}

async function fetchWhole(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return await response.arrayBuffer()
}
