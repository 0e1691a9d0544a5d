import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { highlight as highlightCommand } from '../../../src/bin/highlight.ts'
import { createClient } from '../../../src/client/index.ts'
import type { Event, Highlight, Recording, SourceSpec } from '../../../src/protocol/index.ts'
import {
  FileServer,
  LiveClass,
  makeLongClip,
  type Pattern,
  PlaylistWatch,
  patternOf,
  playInChrome,
  type Viewing,
} from '../../kit/index.ts'
import type { RecordingCall } from '../../kit/service/recording-call.ts'
import type { TestService } from '../../kit/service/test-service.ts'
import { type Received, startReceiver } from '../../webhooks/receiver.ts'
import { killClippers } from './kill-clippers.ts'
import { findTakeChrome, noteNice } from './processes.ts'
import { Triggers } from './triggers.ts'

export const EVENTFUL_VIDEO = { width: 320, height: 180, fps: 25, bitrateKbps: 500 }
export const EVENTFUL_PATTERNS: readonly Pattern[] = [0, 1, 2].map(patternOf)
/** The index of the source that is a file: it has no live edge to settle on. */
export const FILE_SOURCE = 2

const SOURCE_SEC = 120
/** The shortest there is: the next take is asked for 35 s before it, and takes over as soon as it is in step. */
const MAX_TAKE_SEC = 60
/** A player settles, and a highlight has something to reach back to. */
const SETTLE_MS = 5000
const STORM = 26
/** As dense as a hundred in a minute; `npm run bench -- storm` has all hundred. */
const STORM_EVERY_MS = 600
/** A trigger of the storm asks for moments up to so long ago. */
const REACH_MS = 3000
const HANDED_OVER_MS = 60_000
/** A clip over a pause waits for the segment that is closed by it. */
export const PAUSE_MS = 3000
const SHORT_PAUSE_MS = 1500
/** Around a pause, enough for a flash and a beep each second. */
const RUN_MS = 3500
/** A live player that sees a pause loads a playlist before it finds that there is more. */
const WATCH_SEC = 12
const TRIGGERS = 50
/** A clip is due within seconds; fifty of them wait for each other. */
const READY_MS = 120_000
const POLL_MS = 100

/** When a pause was asked for and answered, and where the recording says that it is. */
export interface PauseStory {
  readonly pausedAskedMs: number
  readonly pausedAt: string
  /** Of a second call. */
  readonly pausedAtAgain: string
  readonly resumedAskedMs: number
  readonly resumedAnsweredMs: number
  /** What the API answered. */
  readonly states: readonly [string, string]
  /** The live playlist once the pause had settled, and at its end. */
  readonly liveTexts: readonly [string, string]
}

/** What is known of the class beside its files. */
export interface EventfulStory {
  readonly id: string
  readonly recording: Recording
  /** States that the API reported until its end. */
  readonly states: readonly string[]
  readonly early: { readonly pausedAt: string | null | undefined; readonly resumed: string }
  readonly pauses: readonly PauseStory[]
  /** A viewer's, over the first of the pauses. */
  readonly live: Viewing
  readonly stormFromMs: number
  readonly stormToMs: number
  /** What the service logged of each hand-over: the sources of the next take, and whether they are in step. */
  readonly handovers: readonly {
    readonly atMs: number
    readonly sources: readonly { readonly sourceId: string; readonly inStep: boolean }[]
  }[]
  readonly highlights: readonly Highlight[]
  /** Ids of highlights by the way in which they were asked for. */
  readonly asked: Readonly<Record<string, string>>
  readonly events: readonly Event[]
  /** What webhooks were reported: type and highlight. */
  readonly hooks: readonly string[]
  /** Lines of the command that saved a clip beside the story. */
  readonly printed: readonly string[]
  /** Of every version of both playlists. */
  readonly playlistFaults: readonly string[]
  /** Nice values of clip functions and of recorders, and of their sessions (sched(7), autogroups). */
  readonly nice: { readonly clippers: readonly number[]; readonly recorders: readonly number[] }
  readonly kills: number
  /** Each whole answer of `clip.mp4` while clip functions were killed: path and hash. */
  readonly served: readonly string[]
}

/** The file that the command saved. */
export const SAVED = 'saved.mp4'

/**
 * A class that is paused before it begins, triggered in a storm and in every way, loses clip functions, is handed over twice, paused
 * twice, loses its Chrome, and is triggered again after its end. Frames are counted in it only where the promise is about such a moment; those of an undisturbed
 * class have a class of their own, because a browser that starts on two cores takes frames from the one that records.
 */
export async function holdEventfulClass(service: TestService, folder: string): Promise<EventfulStory> {
  await using sources = await openSources()
  await using hooks = await startReceiver(() => ({ status: 204 }))
  const lesson = await Lesson.begin(service, { sources: sources.specs, hookUrl: hooks.url, folder })
  const reported = await lesson.run()
  return { ...reported, hooks: hooks.received.map(hookOf) }
}

function hookOf({ body }: Received): string {
  const { type, highlight } = JSON.parse(body)
  return `${type} ${highlight?.id}`
}

type Sources = SourceSpec[]

async function openSources(): Promise<AsyncDisposable & { readonly specs: Sources }> {
  await using undo = new AsyncDisposableStack()
  const live = undo.use(await LiveClass.start(FILE_SOURCE, SOURCE_SEC))
  const clip = await makeLongClip(patternOf(FILE_SOURCE), SOURCE_SEC)
  const files = undo.use(await FileServer.start(dirname(clip)))
  const file = { id: `source-${FILE_SOURCE}`, type: 'video' as const, url: files.url(basename(clip)) }
  const resources = undo.move()
  return { specs: [...live.sources, file], [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

interface LessonOptions {
  readonly sources: Sources
  readonly hookUrl: string
  readonly folder: string
}

class Lesson {
  readonly #service: TestService
  readonly #folder: string
  readonly #call: RecordingCall
  readonly #watch: PlaylistWatch
  readonly #triggers: Triggers
  readonly #events: Event[] = []
  readonly #states = new Set<string>()
  readonly #over = new AbortController()
  readonly #nice = { clippers: new Set<number>(), recorders: new Set<number>() }
  readonly #printed: string[] = []

  private constructor(service: TestService, folder: string, call: RecordingCall) {
    this.#service = service
    this.#folder = folder
    this.#call = call
    this.#watch = new PlaylistWatch([call.liveUrl, call.indexUrl])
    this.#triggers = new Triggers(createClient({ baseUrl: service.url }), call.id)
  }

  static async begin(service: TestService, { sources, hookUrl, folder }: LessonOptions): Promise<Lesson> {
    const call = await service.post({
      sources,
      layout: { name: 'grid', labels: false },
      video: EVENTFUL_VIDEO,
      room: 'eventful-class',
      segmentSec: 2,
      maxTakeSec: MAX_TAKE_SEC,
      highlights: { preSec: 3, postSec: 2, rules: [{ type: 'hand', from: 'amy', preSec: 2, postSec: 1 }] },
      webhooks: [{ url: hookUrl, secret: 'a-secret-of-16-or-more' }],
    })
    return new Lesson(service, folder, call)
  }

  async run(): Promise<Omit<EventfulStory, 'hooks'>> {
    const following = this.#follow()
    const early = await this.#pauseBeforeItBegins()
    await this.#call.running()
    await sleep(SETTLE_MS)
    const [stormFromMs, stormToMs] = await this.#storm()
    const command = this.#saveByCommand()
    await this.#triggers.askInEveryWay(this.#call)
    // The clips of the storm wait in the queue, so that the repeat of one that is killed keeps nobody waiting.
    const { kills, served } = await killClippers(this.#triggers.client, this.#call.id)
    await this.#handedOver(2)
    const { pauses, live } = await this.#pauseTwice()
    await this.#handedOver(3)
    await this.#loseChrome()
    await command
    await sleep(RUN_MS)
    await this.#triggers.trigger('last second', { preSec: 4, postSec: 30 })
    const recording = await this.#call.stop()
    await this.#watch[Symbol.asyncDispose]()
    await this.#triggers.askAfterTheEnd(recording, TRIGGERS)
    const highlights = await this.#untilReported()
    this.#over.abort()
    await following
    return {
      id: this.#call.id,
      recording,
      states: [...this.#states],
      early,
      pauses,
      live,
      stormFromMs,
      stormToMs,
      handovers: this.#handovers(),
      highlights,
      asked: this.#triggers.named(highlights),
      events: this.#events,
      printed: this.#printed,
      playlistFaults: this.#watch.faults,
      nice: { clippers: [...this.#nice.clippers], recorders: [...this.#nice.recorders] },
      kills,
      served: [...served],
    }
  }

  async #follow(): Promise<void> {
    for await (const event of this.#triggers.client.events({ signal: this.#over.signal })) this.#events.push(event)
  }

  async #pauseBeforeItBegins(): Promise<EventfulStory['early']> {
    const { pausedAt } = await this.#call.pause()
    await this.#call.reach('paused')
    const { state } = await this.#call.resume()
    await this.#triggers.trigger('first second live', { preSec: 30, postSec: 1 })
    return { pausedAt, resumed: state }
  }

  async #storm(): Promise<readonly [number, number]> {
    const fromMs = Date.now()
    for (let i = 0; i < STORM; i += 1) {
      await this.#triggers.triggerAtRandom(`storm ${i}`, i % 3 === 0 ? 0 : REACH_MS)
      await sleep(Math.max(0, fromMs + (i + 1) * STORM_EVERY_MS - Date.now()))
    }
    const toMs = Date.now()
    await noteNice(this.#nice)
    return [fromMs, toMs]
  }

  async #saveByCommand(): Promise<void> {
    const output = join(this.#folder, SAVED)
    const options = { url: this.#service.url, at: 'now', pre: 1, post: 1, label: 'Command', output }
    await highlightCommand(this.#call.id, options, (line) => this.#printed.push(line))
  }

  /** Waits until the take of this number records. */
  async #handedOver(number: number): Promise<void> {
    const deadline = performance.now() + HANDED_OVER_MS
    for (;;) {
      const { state, takes } = await this.#call.get()
      this.#states.add(state)
      if ((takes[number - 1]?.segments ?? 0) > 0) break
      if (performance.now() > deadline) throw new Error(`take ${number} did not take over in ${HANDED_OVER_MS} ms`)
      await sleep(POLL_MS)
    }
    await this.#triggers.trigger(`hand-over ${number}`, { preSec: 4, postSec: 0.5 })
  }

  async #pauseTwice(): Promise<Pick<EventfulStory, 'pauses' | 'live'>> {
    await sleep(RUN_MS)
    const viewing = playInChrome(this.#call.liveUrl, { seconds: WATCH_SEC })
    await sleep(RUN_MS)
    const first = await this.#pause(PAUSE_MS, () => this.#triggers.trigger('over the pause', { preSec: 6, postSec: 5 }))
    await sleep(RUN_MS)
    const second = await this.#pause(SHORT_PAUSE_MS, async () => undefined)
    await sleep(1000)
    await this.#triggers.trigger('pause', { preSec: 4, postSec: 0.5 })
    return { pauses: [first, second], live: await viewing }
  }

  async #pause(lastsMs: number, act: () => Promise<void>): Promise<PauseStory> {
    const pausedAskedMs = Date.now()
    const paused = await this.#call.pause()
    const again = await this.#call.pause()
    await sleep(1000)
    const before = await this.#liveText()
    await act()
    await sleep(lastsMs)
    const after = await this.#liveText()
    const resumedAskedMs = Date.now()
    const resumed = await this.#call.resume()
    return {
      pausedAskedMs,
      pausedAt: paused.pausedAt ?? '',
      pausedAtAgain: again.pausedAt ?? '',
      resumedAskedMs,
      resumedAnsweredMs: Date.now(),
      states: [paused.state, resumed.state],
      liveTexts: [before, after],
    }
  }

  async #liveText(): Promise<string> {
    return await readFile(join(this.#service.recordingDir(this.#call.id), 'live.m3u8'), 'utf8')
  }

  async #loseChrome(): Promise<void> {
    await sleep(RUN_MS)
    await this.#triggers.trigger('border', { preSec: 1.5, postSec: 6 })
    await sleep(1000)
    await noteNice(this.#nice)
    const { takes } = await this.#call.get()
    process.kill(await findTakeChrome(this.#service.config.dataDir, this.#call.id), 'SIGKILL')
    await this.#triggers.trigger('dark', { preSec: 3, postSec: 0 })
    const isNextTake = (recording: Recording) =>
      recording.state === 'recording' &&
      recording.takes.length === takes.length + 1 &&
      recording.sources.every((source) => source.state === 'live')
    await this.#call.until('its take after the death of Chrome', isNextTake)
  }

  #handovers(): EventfulStory['handovers'] {
    const lines = this.#service.log.map((line) => JSON.parse(line))
    return lines.flatMap(({ msg, atMs, sources }) => (msg === 'the next take takes over' ? [{ atMs, sources }] : []))
  }

  /** Resolves when every highlight has ended and its event has come. */
  async #untilReported(): Promise<readonly Highlight[]> {
    const deadline = performance.now() + READY_MS
    for (;;) {
      const highlights = await this.#triggers.all()
      const isOver = highlights.every(({ state }) => state === 'ready' || state === 'failed')
      const ready = highlights.filter(({ state }) => state === 'ready').length
      const reported = this.#events.filter(({ type }) => type === 'highlight.ready').length
      if ((isOver && reported >= ready) || performance.now() > deadline) return highlights
      await sleep(POLL_MS)
    }
  }
}
