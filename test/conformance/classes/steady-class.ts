import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Recording, SourceSpec } from '../../../src/protocol/index.ts'
import {
  FileServer,
  LiveClass,
  makeLongClip,
  type Pattern,
  PlaylistWatch,
  patternOf,
  playInChrome,
  Sfu,
  type Viewing,
} from '../../kit/index.ts'
import type { RecordingCall } from '../../kit/service/recording-call.ts'
import type { TestService } from '../../kit/service/test-service.ts'
import { RETURN_MAX_MS } from '../tolerances.ts'

/** Each of six tiles shows its counter in blocks of 20 pixels. */
export const STEADY_VIDEO = { width: 640, height: 360, fps: 25, bitrateKbps: 1200 }
export const PAIR_VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 500 }
/** In the order of the patterns: three live HLS sources, a WHEP source of FFmpeg, one of Chrome, and a file. */
export const HLS = [0, 1, 2] as const
export const AMY = 3
export const BEN = 4
export const FILE = 5
export const STEADY_PATTERNS: readonly Pattern[] = [...HLS, AMY, BEN, FILE].map(patternOf)

const SOURCE_SEC = 120
/** A live source settles on its live edge in the first seconds: a player may skip and repeat until then. */
const SETTLE_SEC = 5
/** Two recordings at once. */
const TOGETHER_SEC = 12
/** The browser of the second recording is gone by then. */
const APART_MS = 2000
/** Ben's browser and a viewer's have started by then, which no frame is counted beside, and play. */
const JOIN_MS = 6000
const JOINED_SEC = 8
/** 500 frames of each source. The ten minutes of `npm run bench -- sync` are the long figure. */
const STEADY_SEC = 20
/** Between two changes, so that each is seen to its end. */
const PAUSE_MS = 1500
const STALL_SEC = 10
/** Time for a stalled source to come back, and a little of what follows. */
const AFTER_STALL_MS = RETURN_MAX_MS + 1500

const quarter = (source: string, x: number, y: number) => ({ source, x, y, width: 0.5, height: 0.5 })
const BOARD_LAYOUT = {
  name: 'custom' as const,
  labels: false,
  tiles: [
    quarter('source-0', 0, 0),
    quarter('source-1', 0.5, 0),
    quarter('source-2', 0, 0.5),
    { board: true as const, x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
  ],
}
/** Everybody again, and no board. */
const ALL_LAYOUT = {
  name: 'custom' as const,
  labels: false,
  tiles: ['source-0', 'source-1', 'source-2', 'amy', 'ben', 'file'].map((source, i) => ({
    source,
    x: (i % 3) / 3,
    y: Math.floor(i / 3) / 3,
    width: 1 / 3,
    height: 1 / 3,
  })),
}
/** The middle of the board's tile, where the stroke passes. */
export const STROKE_PROBE = { x: 475, y: 265, width: 10, height: 10 }
const STROKE = {
  kind: 'stroke',
  id: 'stroke-1',
  version: 1,
  nonce: 1,
  color: '#d00000',
  strokeWidth: 120,
  points: [
    [300, 450, 0.5],
    [800, 450, 0.5],
    [1300, 450, 0.5],
  ],
}

/** What is known of the class beside its files. Wall times are epoch milliseconds. */
export interface SteadyStory {
  readonly id: string
  readonly recording: Recording
  /** The recording beside it, of the HLS sources alone. */
  readonly pair: { readonly id: string; readonly fromMs: number; readonly toMs: number }
  readonly playlistFaults: readonly string[]
  /** How many versions of each playlist were seen. */
  readonly versions: readonly number[]
  readonly live: Viewing
  readonly viewersAfter: number
  readonly at: SteadyTimes
}
interface SteadyTimes {
  readonly running: number
  readonly steady: number
  readonly steadyEnd: number
  readonly frozen: number
  readonly thawed: number
  readonly afterStall: number
  readonly joined: number
  readonly joinedEnd: number
  readonly left: number
  readonly single: number
  readonly board: number
  readonly stroke: number
  readonly all: number
  readonly back: number
  readonly stopped: number
  readonly completed: number
}

interface Sources extends AsyncDisposable {
  readonly live: LiveClass
  readonly sfu: Sfu
  readonly publish: () => Promise<void>
  /** Those from the beginning on: all but Ben. */
  readonly specs: SourceSpec[]
  readonly ben: SourceSpec
}

async function openSources(): Promise<Sources> {
  await using undo = new AsyncDisposableStack()
  const clips = await Promise.all(STEADY_PATTERNS.map((pattern) => makeLongClip(pattern, SOURCE_SEC)))
  const [amy = '', ben = '', file = ''] = clips.slice(HLS.length)
  const live = undo.use(await LiveClass.start(HLS.length, SOURCE_SEC))
  const sfu = undo.use(await Sfu.start())
  const files = undo.use(await FileServer.start(dirname(file)))
  const publish = () => sfu.publishFromChrome('ben', ben)
  await sfu.feed('amy', amy)
  const resources = undo.move()
  return {
    live,
    sfu,
    publish,
    specs: [
      ...live.sources,
      { id: 'amy', type: 'whep', url: sfu.whepUrl('amy') },
      { id: 'file', type: 'video', url: files.url(basename(file)) },
    ],
    ben: { id: 'ben', type: 'whep', url: sfu.whepUrl('ben') },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/**
 * A class of about a minute whose figures are held to the promises: at first with a second recording beside it, then alone, then with
 * a source that stalls, and at last with a publisher who leaves while the picture changes, and returns. Nothing in it starts or
 * kills a browser while frames are counted: hand-overs, clips and deaths have a class of their own.
 */
export async function holdSteadyClass(service: TestService): Promise<SteadyStory> {
  await using sources = await openSources()
  const call = await service.post({ sources: sources.specs, layout: { name: 'grid' }, video: STEADY_VIDEO })
  await using watch = new PlaylistWatch([call.liveUrl, call.indexUrl])
  const beside = { sources: sources.live.sources, layout: { name: 'grid' as const, labels: false }, video: PAIR_VIDEO }
  const second = await service.post(beside)
  await Promise.all([call.running(), second.running()])
  const running = Date.now()
  await sleep((SETTLE_SEC + TOGETHER_SEC) * 1000)
  const pair = { id: second.id, fromMs: running + SETTLE_SEC * 1000, toMs: Date.now() }
  await second.stop()
  await sleep(APART_MS)
  const steady = Date.now()
  await sleep(STEADY_SEC * 1000)
  const steadyEnd = Date.now()
  const outage = await stall(sources)
  await sources.publish()
  await call.addSource(sources.ben)
  const viewing = playInChrome(call.liveUrl)
  await call.running()
  await sleep(JOIN_MS)
  const joined = Date.now()
  await sleep(JOINED_SEC * 1000)
  const joinedEnd = Date.now()
  await sources.sfu.unpublish('ben')
  const left = Date.now()
  const changes = await changePicture(call)
  await sources.publish()
  const back = Date.now()
  await sleep(AFTER_STALL_MS)
  const stopped = Date.now()
  const recording = await call.stop()
  const completed = Date.now()
  await watch[Symbol.asyncDispose]()
  return {
    id: call.id,
    recording,
    pair,
    playlistFaults: watch.faults,
    versions: [...watch.versions.values()],
    live: await viewing,
    viewersAfter: (await sources.sfu.viewers('amy')) + (await sources.sfu.viewers('ben')),
    at: { running, steady, steadyEnd, joined, joinedEnd, ...outage, left, ...changes, back, stopped, completed },
  }
}

/** Nobody is seen who left before it: it lasts longer than the 2 s after which a placeholder is shown. */
async function changePicture(call: RecordingCall) {
  const single = await call.setLayout({ name: 'single', focus: 'source-2', labels: false })
  await sleep(PAUSE_MS)
  const board = await call.setLayout(BOARD_LAYOUT)
  await sleep(PAUSE_MS)
  const stroke = await call.signal({ type: 'board.op', page: 'page-1', op: { action: 'put', element: STROKE } })
  await sleep(PAUSE_MS)
  const all = await call.setLayout(ALL_LAYOUT)
  await sleep(PAUSE_MS)
  return { single, board, stroke, all }
}

/** The second HLS source hangs and comes back. */
async function stall({ live }: Sources) {
  live.server(1).freeze()
  const frozen = Date.now()
  await sleep(STALL_SEC * 1000)
  live.server(1).thaw()
  const thawed = Date.now()
  await sleep(AFTER_STALL_MS)
  return { frozen, thawed, afterStall: Date.now() }
}
