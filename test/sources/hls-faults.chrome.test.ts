import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePatternClip } from '../kit/sources/clip.ts'
import { type HlsFault, HlsServer } from '../kit/sources/hls-server.ts'
import { patternOf } from '../kit/sources/pattern.ts'
import { type OpenedSource, SourceHarness, type SourceView, tell } from './harness.ts'

/** Twice what is buffered ahead of the picture, so that every outage shows. */
const OUTAGE_MS = 8_000
/** A source that was never live counts as stalled after ten seconds. */
const NEVER_LIVE_MS = 11_000
/** Three times hls.js' own time-outs. */
const LONG_OUTAGE_MS = 30_000
/** Many sources start at once in a page that has just been loaded: no promise is about that. */
const START_WITHIN_MS = 20_000
/** From the end of an outage to moving pictures: the longest it may take. */
const BACK_WITHIN_MS = 5000
/** A buffer of three segments and a stall's own second, on a busy machine. */
const STALL_WITHIN_MS = 9000
/** After its return a source must go on without another pause, that is, longer than what was buffered. */
const WATCH_AFTER_MS = 4000
/** A player that seeks back into its buffer shows old pictures; two are what a look at the wrong moment may see. */
const REPLAYED_FRAMES_ALLOWED = 2
/** Of the 20 looks in that time; fewer, and the check for old pictures would have looked at nothing. */
const COUNTERS_READ = 5
/** Long enough that no encoder comes to the end of it. */
const CLIP_SEC = 120

let harness: SourceHarness
let clip: string

beforeAll(async () => {
  clip = await makePatternClip(patternOf(0), CLIP_SEC)
  harness = await SourceHarness.start()
})
afterAll(() => harness[Symbol.asyncDispose]())

interface Fault {
  readonly name: string
  readonly lastsMs: number
  begin(server: HlsServer): void | Promise<void>
  end(server: HlsServer): void | Promise<void>
  /** The state during the outage, where it is not `stalled`. */
  readonly meanwhile?: 'ended'
  /** Tried with elements, too: media that ceases, and media that begins anew. What hls.js has to find back from is the same for each player. */
  readonly isForElements?: true
}

const ofServer = (name: string, fault: HlsFault, lastsMs = OUTAGE_MS): Fault => ({
  name,
  lastsMs,
  begin: (server) => server.setFault(fault),
  end: (server) => server.setFault(null),
})

/** The longest first, so that the others run beside it. Connections that are reset have a row in `npm run faults -- --quick`. */
const FAULTS: readonly Fault[] = [
  ofServer('the server never answers for long', { kind: 'hang' }, LONG_OUTAGE_MS),
  {
    name: 'the encoder hangs',
    lastsMs: OUTAGE_MS,
    begin: (it) => it.freeze(),
    end: (it) => it.thaw(),
    isForElements: true,
  },
  ofServer('the server never answers', { kind: 'hang' }),
  ofServer('everything is answered with 404', { kind: 'status', status: 404 }),
  ofServer('everything is answered with 503', { kind: 'status', status: 503 }),
  ofServer('only segments are missing', { kind: 'status', status: 404, on: 'segments' }),
  ofServer('segments are garbage', { kind: 'garbage', on: 'segments' }),
  {
    name: 'the encoder says that it is over and begins again',
    lastsMs: OUTAGE_MS,
    begin: (it) => it.finish(),
    end: (it) => it.restart('fresh'),
    meanwhile: 'ended',
  },
  {
    name: 'the encoder crashes and goes on with its numbers',
    lastsMs: OUTAGE_MS,
    begin: (it) => it.kill(),
    end: (it) => it.restart('append'),
  },
  {
    name: 'the encoder crashes and counts from zero',
    lastsMs: OUTAGE_MS,
    begin: (it) => it.kill(),
    end: (it) => it.restart('fresh'),
    isForElements: true,
  },
]

describe.concurrent.each(['decoders', 'elements'] as const)(
  'a live HLS source that is played by %s comes back by itself after',
  (player) => {
    test.concurrent.each(FAULTS.filter(({ isForElements }) => player === 'decoders' || isForElements))(
      '$name',
      async (fault) => {
        await using server = await (await HlsServer.start({ clip })).ready(4)
        await using source = await harness.open(
          { id: `${player} ${fault.name}`, type: 'hls', url: server.url },
          { player },
        )
        await source.waitFor('live', { withinMs: START_WITHIN_MS })
        const begunMs = Date.now()
        await fault.begin(server)
        await source.waitFor(fault.meanwhile ?? 'stalled', { withinMs: STALL_WITHIN_MS })
        await sleep(Math.max(0, fault.lastsMs - (Date.now() - begunMs)))
        await fault.end(server)
        const healedMs = Date.now()
        const back = await source.waitFor('live', { withinMs: BACK_WITHIN_MS, sinceMs: healedMs })
        await expectSmoothFrom(source, back.atMs)
        console.log(`${player}, ${fault.name}: back after ${back.atMs - healedMs} ms`)
      },
    )

    test.concurrent('its playlist was not there at first', async () => {
      await using server = await (await HlsServer.start({ clip })).ready(4)
      server.setFault({ kind: 'status', status: 404 })
      await using source = await harness.open({ id: `${player} late`, type: 'hls', url: server.url }, { player })
      await sleep(NEVER_LIVE_MS)
      const { states } = await source.view()
      expect(states.map(({ state, code }) => `${state} ${code}`)).toEqual(['stalled source.unreachable'])
      server.setFault(null)
      const back = await source.waitFor('live', { withinMs: BACK_WITHIN_MS })
      await expectSmoothFrom(source, back.atMs)
    })
  },
)

async function expectSmoothFrom(source: OpenedSource, sinceMs: number): Promise<void> {
  await sleep(WATCH_AFTER_MS)
  const view = await source.view()
  expect(
    view.states.filter(({ atMs }) => atMs > sinceMs),
    tell(view),
  ).toEqual([])
  expect(view.counters.filter(({ atMs }) => atMs > sinceMs).length, tell(view)).toBeGreaterThan(COUNTERS_READ)
  expect(replayedFrames(view), tell(view)).toBeLessThanOrEqual(REPLAYED_FRAMES_ALLOWED)
}

/** How many looks found a picture that is older than one seen before. */
function replayedFrames({ counters }: SourceView): number {
  let newest = -1
  return counters.filter(({ counter }) => {
    const old = counter < newest
    newest = Math.max(newest, counter)
    return old
  }).length
}
