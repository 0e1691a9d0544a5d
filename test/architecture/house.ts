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
const browser = (path: string, imports: readonly string[]): Room => ({ path, imports, packages: 'any', node: false })

/** Ports: interfaces that use cases ask for and drivers fulfil. Whoever needs the port may import the file. */
export const PORTS = ['src/store/segment-store.ts', 'src/hub/room-history.ts', 'src/hub/room-presence.ts'] as const

export const HOUSE: readonly Room[] = [
  // Words and pure parts: no I/O, no clock, no Node.
  pure('src/protocol', [], ['typebox']),
  pure('src/room', ['src/protocol']),
  pure('src/playlist', ['src/protocol']),
  pure('src/highlights/rules', ['src/protocol']),
  pure('src/recording/state', ['src/protocol']),
  pure('src/recording/record', ['src/protocol']),
  pure('src/highlights/plan', ['src/protocol', 'src/playlist']),
  browser('src/client', ['src/protocol']),

  // Use cases and the ports they ask for.
  server('src/recording', ['src/protocol', 'src/outbound', ...PORTS]),
  server('src/highlights', ['src/protocol', 'src/playlist', 'src/publication', 'src/recording', ...PORTS]),
  server('src/hub', ['src/protocol', 'src/room', 'src/outbound']),
  server('src/webhooks', ['src/protocol', 'src/outbound']),
  server('src/outbound', ['src/protocol']),
  server('src/config', ['src/protocol']),
  server('src/telemetry', ['src/protocol']),

  // Drivers: they fulfil ports and never meet each other.
  server('src/media', ['src/protocol']),
  server('src/store', ['src/protocol']),
  server('src/db', ['src/protocol', 'src/recording', 'src/highlights', 'src/webhooks', ...PORTS]),
  server('src/engine', ['src/protocol', 'src/recording', 'src/highlights', 'src/webhooks', 'src/telemetry']),

  // What players see of a recording, for those who write it and those who read it.
  server('src/publication', ['src/protocol', 'src/playlist', ...PORTS]),

  // The one-shot recorder: one JSON document in, typed messages out; no database, no queue, no API. It asks `outbound`
  // about the images of the whiteboard: their URLs come in with the room's signals, which pass no other border of ours.
  server('src/recorder', [
    'src/protocol',
    'src/room',
    'src/playlist',
    'src/publication',
    'src/highlights/rules',
    'src/recording/record',
    'src/store',
    'src/media',
    'src/outbound',
    'src/telemetry',
  ]),

  // The one-shot clip function: one JSON document in, one answer out, the store its only source.
  server('src/clipper', ['src/protocol', 'src/playlist', 'src/store', 'src/media']),

  // The front door calls use cases, never a recorder or a driver.
  server('src/api', [
    'src/protocol',
    'src/recording',
    'src/highlights',
    'src/publication',
    'src/hub',
    'src/outbound',
    ...PORTS,
  ]),

  // Wiring.
  server('src/bin', ['src', 'package.json']),

  // The pages.
  browser('recorder-page', ['src/protocol', 'src/room']),
  browser('console', ['src/protocol', 'src/client']),
]

/**
 * Where a power may be used that the rest of the house goes without. Settings are read by `config` alone; the two files
 * beside it read the PATH, to find a program on it.
 */
export const POWERS = {
  'reads the environment': ['src/config', 'src/recorder/chrome-path', 'src/media/find-ffmpeg'],
  'ends the process or handles its signals': ['src/bin'],
  'names FFmpeg programs or its library': ['src/media'],
} as const
export type Power = keyof typeof POWERS

/** The longest a file may be, lines. */
export const MAX_FILE_LINES = 350

/** At least so many files are read, so that a reader that finds nothing cannot pass. Raise it as the house grows. */
export const FEWEST_FILES = { src: 180, 'recorder-page': 90, console: 30 } as const
