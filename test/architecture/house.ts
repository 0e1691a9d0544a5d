/**
 * The house as one table: which folder may import which, from the words outwards. `architecture.test.ts` holds the code
 * to it. A new folder gets a row; a new arrow is a decision, so change a row only together with docs/architecture.md.
 */

export interface Room {
  /** The folder, or a single file where a file has rules of its own. The longest match counts. */
  readonly path: string
  /** Folders and files of the house it may import, beside itself. */
  readonly imports: readonly string[]
  /** The npm packages it may import; `'any'` where they are not restricted. */
  readonly packages: readonly string[] | 'any'
  /** True when it may import Node's own modules: false for what is pure or runs in a browser. */
  readonly node: boolean
}

const pure = (path: string, imports: readonly string[], packages: readonly string[] = []): Room => ({
  path,
  imports,
  packages,
  node: false,
})
const server = (path: string, imports: readonly string[]): Room => ({ path, imports, packages: 'any', node: true })
/** Server code that needs nothing of Node, such as use cases over their ports. */
const core = (path: string, imports: readonly string[]): Room => ({ path, imports, packages: 'any', node: false })
const browser = (path: string, imports: readonly string[]): Room => ({ path, imports, packages: 'any', node: false })

/** Ports: interfaces that use cases ask for and drivers fulfil. Whoever needs the port may import the file. */
const PORTS = [
  'src/store/segment-store.ts',
  'src/hub/room-history.ts',
  'src/hub/room-presence.ts',
  'src/recovery/restorers.ts',
] as const

/** What may be imported past the index of its room: ports, the words, and pure parts that pages and pure rooms share. */
export const DIRECT = [
  ...PORTS,
  'src/protocol',
  'src/recording/record',
  'src/recording/state',
  'src/highlights/plan',
  'src/archive/keys',
] as const

/** Folders inside of a room that are rooms of their own. */
export const INNER_ROOMS = ['src/highlights/rules', 'src/recorder/page'] as const

/** Files with these names hold pure functions: no Node, no clock, no chance. */
export const PURE_NAMES = /^(src|recorder-page|console)\/(.*\/)?(plan-[^/]+|build-[^/]+|changes|state)\.tsx?$/

export const HOUSE: readonly Room[] = [
  // Words and pure parts: no I/O, no clock, no Node.
  pure('src/protocol', [], ['typebox']),
  pure('src/room', ['src/protocol'], ['dequal', 'safe-stable-stringify']),
  pure('src/archive/keys', []),
  pure('src/mpegts', []),
  pure('src/h264', []),
  pure('src/playlist', ['src/protocol', 'src/archive/keys']),
  pure('src/highlights/rules', ['src/protocol']),
  pure('src/recording/state', ['src/protocol']),
  pure('src/recording/record', ['src/protocol']),
  pure('src/highlights/plan', ['src/protocol', 'src/playlist']),
  browser('src/client', ['src/protocol', 'src/timing']),

  // What every server part stands on: waiting, and this machine.
  pure('src/timing', ['src/protocol'], ['p-retry', 'p-queue']),
  server('src/machine', ['src/timing']),

  // Use cases and the ports they ask for.
  core('src/recording', ['src/protocol', 'src/timing', 'src/archive/keys']),
  server('src/highlights', [
    'src/protocol',
    'src/timing',
    'src/playlist',
    'src/archive',
    'src/recording',
    'src/store/segment-store.ts',
  ]),
  core('src/retention', ['src/archive', 'src/recording', 'src/highlights', 'src/store/segment-store.ts']),
  server('src/hub', ['src/protocol', 'src/timing', 'src/room']),
  server('src/webhooks', ['src/protocol']),
  server('src/outbound', ['src/protocol']),
  server('src/config', ['src/protocol']),
  core('src/telemetry', ['src/protocol']),

  // Drivers: they fulfil ports and never meet each other.
  server('src/media', ['src/protocol']),
  server('src/store', ['src/protocol', 'src/timing']),
  server('src/db', [
    'src/protocol',
    'src/timing',
    'src/machine',
    'src/recording',
    'src/highlights',
    'src/retention',
    'src/webhooks',
    'src/hub/room-history.ts',
    'src/hub/room-presence.ts',
    'src/recovery/restorers.ts',
  ]),
  server('src/engine', [
    'src/protocol',
    'src/timing',
    'src/recording',
    'src/highlights',
    'src/retention',
    'src/telemetry',
  ]),

  // A recording in its store, and a take on its machine.
  server('src/archive', ['src/protocol', 'src/playlist', 'src/store', 'src/recording/record']),
  server('src/spool', ['src/protocol', 'src/machine', 'src/playlist', 'src/archive', 'src/store']),
  server('src/recovery', [
    'src/protocol',
    'src/timing',
    'src/machine',
    'src/playlist',
    'src/archive',
    'src/spool',
    'src/recording',
    'src/highlights',
    'src/store',
    'src/telemetry',
  ]),

  // The one-shot recorder: one JSON document in, typed messages out; no database, no queue, no API. It asks `outbound`
  // about the images of the whiteboard: their URLs come in with the room's signals, which pass no other border of ours.
  // Chrome and its page need nothing of a take, and are opened before the rest of the recorder is loaded.
  server('src/recorder/page', ['src/protocol', 'src/timing', 'src/machine', 'src/telemetry']),
  server('src/recorder', [
    'src/protocol',
    'src/timing',
    'src/machine',
    'src/room',
    'src/playlist',
    'src/mpegts',
    'src/archive',
    'src/spool',
    'src/recovery',
    'src/highlights/rules',
    'src/recording/record',
    'src/store',
    'src/outbound',
    'src/telemetry',
  ]),

  // The one-shot clip function: one JSON document in, one answer out, the store its only source.
  server('src/clipper', [
    'src/protocol',
    'src/machine',
    'src/mpegts',
    'src/h264',
    'src/archive',
    'src/store',
    'src/media',
  ]),

  // Who runs the one-shot functions, and turns what they say into use cases.
  server('src/worker', [
    'src/protocol',
    'src/timing',
    'src/machine',
    'src/recording',
    'src/highlights',
    'src/retention',
    'src/webhooks',
    'src/engine',
    'src/telemetry',
  ]),

  // The front door calls use cases, never a recorder or a driver.
  server('src/api', [
    'src/protocol',
    'src/timing',
    'src/recording',
    'src/highlights',
    'src/retention',
    'src/archive',
    'src/hub',
    'src/store/segment-store.ts',
  ]),

  // Examines what all the others need.
  server('src/doctor', [
    'src/protocol',
    'src/timing',
    'src/machine',
    'src/config',
    'src/db',
    'src/media',
    'src/recorder',
    'src/store',
    'src/telemetry',
  ]),

  // Wiring.
  server('src/bin', ['src', 'package.json']),

  // The pages.
  browser('recorder-page', ['src/protocol', 'src/room', 'src/timing', 'src/h264']),
  browser('console', ['src/protocol', 'src/client', 'src/timing']),

  // What tests, benchmarks and the demo are made of. What judges a recording, and what it is made of, never imports the product, so
  // that a fault of the product cannot hide in its own test; only what starts the product does.
  server('test/kit', ['src']),
  server('test/kit/watch', ['test/kit']),
  server('test/kit/sources', ['test/kit']),
  browser('bench/quality/page', ['recorder-page', 'bench/quality/messages']),
  server('bench', ['src', 'test/kit', 'test/recorder/long-take', 'test/worker/scripted-recorder']),
  server('examples', ['src']),
  server('scripts', ['src', 'test/kit', 'test/conformance/classes', 'test/demo']),
  server('test', ['src', 'recorder-page', 'console', 'bench', 'examples', 'scripts']),
]

/**
 * Where a power may be used that the rest of the house goes without. Settings are read by `config` alone; the file
 * beside it reads the PATH, to find a program on it.
 */
export const POWERS = {
  'reads the environment': ['src/config', 'src/media/find-ffmpeg'],
  'ends the process or handles its signals': ['src/bin'],
  'names FFmpeg programs or its library': ['src/media'],
  'reads /proc': ['src/machine'],
  'waits by hand': ['src/timing'],
  'names an object of the store': ['src/archive/keys'],
  'asks a clock or chance': ['src', 'recorder-page', 'console'],
} as const
export type Power = keyof typeof POWERS

/** Files whose exports are used from outside of the project's modules: by its users, by tools, or inside of a page. */
export const OUTSIDE_USERS = [
  'src/client/index.ts',
  'src/db/drizzle.config.ts',
  'recorder-page/vite.config.ts',
  'console/vite.config.ts',
  'recorder-page/compositor/planar/kernels/assembly/index.ts',
  'examples/demo/studio/index.ts',
]

/** The longest a file may be, lines. */
export const MAX_FILE_LINES = 350
/** The longest a function may be, lines, with those inside of it. */
export const MAX_FUNCTION_LINES = 60
/** The most files of code that a folder may hold beside each other. */
export const MAX_FOLDER_FILES = 25

/** At least so many files are read, so that a reader that finds nothing cannot pass. Raise it as the house grows. */
export const FEWEST_FILES = {
  src: 420,
  'recorder-page': 100,
  console: 60,
  test: 250,
  bench: 30,
  examples: 20,
  scripts: 8,
} as const
