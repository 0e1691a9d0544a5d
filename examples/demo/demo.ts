import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import pino from 'pino'
import { type Service, startService } from '../../src/bin/service.ts'
import { type Client, createClient } from '../../src/client/index.ts'
import { type Config, loadConfig } from '../../src/config/index.ts'
import type { Recording, RecordingSpec } from '../../src/protocol/index.ts'
import { findChrome } from '../../src/recorder/page/chrome-path.ts'
import { createLogger } from '../../src/telemetry/index.ts'
import { delay } from '../../src/timing/index.ts'
import { CAST } from './cast.ts'
import { enterClassroom } from './classroom.ts'
import { keepMoment, waitForClips } from './highlights.ts'
import { type LiveSource, startLiveSource } from './media/live-source.ts'
import { type Films, prepareFilms } from './media/prepare.ts'
import { type MediaServer, serveMedia } from './media/server.ts'
import type { Tools } from './media/tools.ts'
import type { DemoOptions } from './options.ts'
import { type Progress, statusLine } from './progress.ts'
import { buildReport, Figures } from './report.ts'
import { PARTICIPANTS, planClass } from './script.ts'

const DATA_DIR = resolve('data/demo')
const POLL_MS = 500
const START_TIMEOUT_MS = 60_000
const END_TIMEOUT_MS = 30_000

interface DemoRun {
  readonly options: DemoOptions
  readonly progress: Progress
  /** Ends the class early; everything is still stopped in order. */
  readonly signal: AbortSignal
}

/** Runs a class, records it, and reports the figures. Throws with the reason when the recording fails. */
export async function runDemo({ options, progress, signal }: DemoRun): Promise<void> {
  await mkdir(DATA_DIR, { recursive: true })
  const config = demoConfig(options)
  const tools: Tools = { ffmpegPath: config.ffmpegPath ?? 'ffmpeg', chromePath: await findChrome(config.chromePath) }
  progress.say('Preparing the class: drawing, speaking, encoding …')
  const cacheFolder = join(DATA_DIR, 'films')
  const films = await prepareFilms(tools, { cacheFolder, signal, onStep: (step) => progress.show(`  ${step}`) })
  await using liveClass = await startStreams(tools, films, signal)
  await using service = await openService(config)
  await Promise.all(liveClass.sources.map((source) => source.ready()))
  progress.say(`Console: ${service.url}`)
  await recordClass({ service, liveClass, config, options, progress, signal })
  if (!options.keep || signal.aborted) return
  progress.say(`\nThe service stays up at ${service.url} until Ctrl-C.`)
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }))
}

/** The product's own defaults, on loopback, in a folder of the demo; only the paths of programs come from outside. */
function demoConfig(options: DemoOptions): Config {
  const paths = ['PANOREC_CHROME_PATH', 'PANOREC_FFMPEG_PATH'] as const
  const given = paths.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  return loadConfig({
    ...Object.fromEntries(given),
    PANOREC_HOST: '127.0.0.1',
    PANOREC_PORT: String(options.port),
    PANOREC_DATA_DIR: DATA_DIR,
    PANOREC_ALLOW_PRIVATE_HOSTS: '127.0.0.1',
  })
}

async function openService(config: Config): Promise<Service> {
  const destination = pino.destination({ dest: join(DATA_DIR, 'panorec.log'), sync: true })
  return await startService(config, { logger: createLogger({ level: config.logLevel, destination }) })
}

interface LiveClass extends AsyncDisposable {
  readonly server: MediaServer
  readonly sources: readonly LiveSource[]
}

/** Starts every stream of the class: the people live, the slides as a file. */
async function startStreams(tools: Tools, films: Films, signal: AbortSignal): Promise<LiveClass> {
  await using undo = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'panorec-demo-'))
  undo.defer(() => rm(folder, { recursive: true, force: true }))
  await copyFile(films.slides, join(folder, 'slides.mp4'))
  const server = undo.use(await serveMedia(folder))
  const sources: LiveSource[] = []
  for (const [id, moviePath] of films.people) {
    sources.push(undo.use(await startLiveSource(tools, { id, moviePath, folder, signal })))
  }
  const resources = undo.move()
  return { server, sources, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

interface ClassRun extends DemoRun {
  readonly service: Service
  readonly liveClass: LiveClass
  readonly config: Config
}

async function recordClass({ service, liveClass, config, options, progress, signal }: ClassRun): Promise<void> {
  const room = `geometry-8-${Date.now().toString(36)}`
  const people = PARTICIPANTS.map(({ id }) => id)
  const onRefused = (why: string) => progress.say(`  the hub refused a signal: ${why}`)
  const client = createClient({ baseUrl: service.url })
  const { recordings, highlights } = client
  await using classroom = await enterClassroom(client, { room, people, onRefused })

  const postedAt = Date.now()
  const requested = await recordings.start(buildSpec(room, liveClass.server.url))
  progress.say(`Watch:   ${service.url}/#/recordings/${requested.id}`)
  const figures = new Figures()
  const watch: Watch = { recordings, id: requested.id, figures, progress, seconds: options.seconds }
  await waitForState(watch, { until: isRecording, timeoutMs: START_TIMEOUT_MS, signal })
  const ageSec = (Date.now() - Math.min(...liveClass.sources.map((source) => source.startedAtMs))) / 1000
  const { seconds } = options
  const play = async (end: AbortSignal) => {
    const keeping = keepMoment(highlights, { recordingId: requested.id, seconds, signal: end })
    await Promise.all([classroom.play(planClass(seconds, ageSec), end), keeping])
  }
  await holdClass(watch, { play, signal })
  await recordings.stop(requested.id)
  const ended = await waitForState(watch, { until: hasEnded, timeoutMs: END_TIMEOUT_MS })
  const startMs = ended.startedAt === null ? undefined : Date.parse(ended.startedAt) - postedAt
  const folder = config.store.kind === 'fs' ? relative(process.cwd(), join(config.store.path, ended.id)) : ended.id
  const clips = await waitForClips(highlights, requested.id)
  progress.say(`\n${buildReport({ recording: ended, clips, figures, startMs, serviceUrl: service.url, folder })}`)
}

function buildSpec(room: string, mediaUrl: string): RecordingSpec {
  const people = CAST.map(({ id, label, role }) => {
    return { id, type: 'hls' as const, url: `${mediaUrl}/${id}/live.m3u8`, label, role }
  })
  const slides = {
    id: 'slides',
    type: 'video' as const,
    url: `${mediaUrl}/slides.mp4`,
    label: 'Slides',
    role: 'screen' as const,
  }
  return {
    room,
    sources: [...people, { ...slides, loop: true }],
    layout: { name: 'speaker', focus: 'teacher', labels: true },
    metadata: { title: 'Geometry 8: the theorem of Pythagoras' },
  }
}

interface Watch {
  readonly recordings: Client['recordings']
  readonly id: string
  readonly figures: Figures
  readonly progress: Progress
  readonly seconds: number
}

/** Plays the script for the length of the class and shows how the recording goes. */
async function holdClass(
  watch: Watch,
  { play, signal }: { readonly play: (end: AbortSignal) => Promise<void>; readonly signal: AbortSignal },
): Promise<void> {
  const over = new AbortController()
  const end = AbortSignal.any([signal, over.signal])
  const script = play(end)
  // Awaited below; until then a failure must not be an unhandled rejection.
  script.catch(() => undefined)
  const endsAt = performance.now() + watch.seconds * 1000
  try {
    while (!signal.aborted && performance.now() < endsAt) {
      await checkRecording(watch)
      await delay(Math.min(POLL_MS, Math.max(1, endsAt - performance.now())), { signal })
    }
  } finally {
    over.abort()
    await script
  }
}

const isRecording = (recording: Recording): boolean => recording.state === 'recording'
const hasEnded = (recording: Recording): boolean => recording.state === 'completed'

async function waitForState(
  watch: Watch,
  options: {
    readonly until: (recording: Recording) => boolean
    readonly timeoutMs: number
    readonly signal?: AbortSignal
  },
): Promise<Recording> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const recording = await checkRecording(watch)
    if (options.until(recording) || options.signal?.aborted) return recording
    if (performance.now() > deadline) {
      throw new Error(
        `The recording is still ${recording.state} after ${options.timeoutMs / 1000} s; see ${DATA_DIR}/panorec.log.`,
      )
    }
    await delay(POLL_MS / 2)
  }
}

/** Reads and shows the recording's state; a failed recording ends the demo with its reason. */
async function checkRecording({ recordings, id, figures, progress, seconds }: Watch): Promise<Recording> {
  const recording = await recordings.get(id)
  figures.add(recording)
  progress.show(statusLine(recording, seconds))
  if (recording.state !== 'failed') return recording
  const reason = `${recording.error?.message ?? 'no reason was given'} (${recording.error?.code})`
  throw new Error(`The recording failed: ${reason}\nThe log is ${DATA_DIR}/panorec.log`)
}
