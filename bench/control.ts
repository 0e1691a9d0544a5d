import { createClient } from '../src/client/index.ts'
import type { Layout } from '../src/protocol/index.ts'
import { delay } from '../src/timing/index.ts'
import { readFilm, Timeline } from '../test/kit/index.ts'
import { Stage } from '../test/kit/stage/stage.ts'
import { SIZE } from '../test/kit/watch/holes.ts'
import type { Benchmark } from './benchmark.ts'
import { Session } from './faults/session.ts'
import { MILLISECONDS, millisecondsRow } from './milliseconds.ts'

const CALLS = 40
const TRIGGERS = 10
/** Longer than a transition, and no multiple of a frame. */
const EVERY_MS = 733
const STEADY_AFTER_MS = 4000
const SOURCE_SEC = 240
/** A share of the picture's width: a tile of a grid of two has half of it. */
const WHOLE = 0.9
const GRID: Layout = { name: 'grid', labels: false }
/** A signal that draws nothing over a counter. */
const SIGNAL = { v: 1, type: 'active.speaker', participant: null } as const
const SINGLE: Layout = { name: 'single', focus: 'source-0', labels: false }

/** How long calls of the API take to the recorder, in the same process tree and in that of a worker. */
export const control: Benchmark = {
  name: 'control',
  title: 'From a call of the API to the recorder',
  async run(say) {
    await using stage = await Stage.open({ shape: 'shared', sources: 2, seconds: SOURCE_SEC })
    await using sessions = new AsyncDisposableStack()
    const started = [sessions.use(await Session.start(stage)), sessions.use(await Session.start(stage))]
    const hosts = await Promise.all(started.map((session) => session.hostName()))
    const calls = ['service', 'worker'].map((host) => {
      const session = started[hosts.indexOf(host)]
      if (session === undefined) throw new Error(`The recordings run at ${hosts.join(' and ')}`)
      return createCalls(session)
    })
    await delay(STEADY_AFTER_MS)
    for (let i = 0; i < CALLS; i += 1) {
      for (const each of calls) await each.layoutAndSignal(i % 2 === 0)
      await delay(EVERY_MS)
    }
    say('layouts are switched')
    for (let i = 0; i < TRIGGERS; i += 1) for (const each of calls) await each.trigger()
    for (const each of calls) await each.stop()
    const rows = []
    for (const [i, each] of calls.entries()) {
      const place = i === 0 ? 'at the service' : 'at a worker'
      rows.push(
        millisecondsRow(`${place}: layout, to the recorder's answer`, each.times.layout),
        millisecondsRow(`${place}: signal, to the recorder's answer`, each.times.signal),
        millisecondsRow(`${place}: highlight, to the answer`, each.times.trigger),
        millisecondsRow(`${place}: stop, to the answer`, each.times.stop),
        millisecondsRow(`${place}: layout, to the recorded picture`, await each.shown(stage)),
      )
      say(`the recording ${place} is read`)
    }
    return {
      method:
        `A service and a worker on one Postgres and one S3, each with a recording of two live sources in 320×180; ${CALLS} switches between grid and single, ` +
        `${CALLS} signals and ${TRIGGERS} triggers for each by the service's API, in turn. The picture is the first that shows the source of \`single\` whole, or of the ` +
        'grid in its half, by its wall time in the playlist: the transition between takes 150 ms of it.',
      columns: MILLISECONDS,
      rows,
    }
  },
}

function createCalls({ call, stage }: Session) {
  const { recordings, highlights } = createClient({ baseUrl: stage.service.url })
  const times: Record<'layout' | 'signal' | 'trigger' | 'stop', number[]> = {
    layout: [],
    signal: [],
    trigger: [],
    stop: [],
  }
  const switches: { readonly atMs: number; readonly isSingle: boolean }[] = []
  const timed = async (what: keyof typeof times, promise: Promise<unknown>) => {
    const calledAt = performance.now()
    await promise
    times[what].push(performance.now() - calledAt)
  }
  return {
    times,
    async layoutAndSignal(isSingle: boolean): Promise<void> {
      switches.push({ atMs: Date.now(), isSingle })
      await timed('layout', recordings.setLayout(call.id, isSingle ? SINGLE : GRID))
      await timed('signal', recordings.sendSignals(call.id, SIGNAL))
    },
    trigger: () => timed('trigger', highlights.trigger(call.id, { preSec: 3, postSec: 0 })),
    async stop(): Promise<void> {
      await timed('stop', recordings.stop(call.id))
      await call.reach('completed')
    },
    /** From each switch to the first picture that shows it, milliseconds. */
    async shown({ live }: Stage): Promise<number[]> {
      const film = await readFilm({ input: call.indexUrl, size: SIZE, patterns: live.patterns.slice(0, 1) })
      const timeline = new Timeline(await call.index(), film)
      return switches.map(({ atMs, isSingle }) => {
        const shown = film.pictures.find(({ ptsSec, value }) => {
          const width = value.sources[0]?.tile?.visible.width
          return timeline.wallMs(ptsSec) >= atMs && width !== undefined && width > SIZE.width * WHOLE === isSingle
        })
        if (shown === undefined) throw new Error(`No picture of ${call.id} shows the switch at ${atMs}`)
        return timeline.wallMs(shown.ptsSec) - atMs
      })
    },
  }
}
