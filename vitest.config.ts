import { defineConfig } from 'vitest/config'

/** Folders whose tests start Chrome or FFmpeg and look at what is there: two files at a time. */
const BROWSER = ['clipper', 'console', 'demo', 'scene', 'sources']
/** Folders whose tests record classes: one file at a time, so that their figures mean something. */
const MEDIA = ['conformance', 'integration', 'recorder', 'recovery']
/** Files of those folders that start nothing. */
const PURE = [
  'back-off',
  'board-images',
  'build-movie',
  'closing',
  'demux-segment',
  'fence',
  'frame-watch',
  'highlight-state',
  'hls-recovery',
  'hls-watchdog',
  'idle-watch',
  'judge-memory',
  'judge-output',
  'leftovers',
  'long-take',
  'overtaken',
  'parameter-sets',
  'pausing',
  'plan-cut',
  'plan-lead',
  'plan-scene',
  'reindex',
  'remove-folder',
  'plan-sound',
  'scene-animator',
  'script',
  'segment-grouper',
  'signal-log',
  'signalling',
  'source-status',
  'spool-room',
  'state',
  'stored-piece',
  'take-output',
  'text',
  'titles',
  'tokens',
  'triggers',
  'ts-continuity',
  'uploader',
  'whep-stats',
  'whep-watch',
].join('|')
const filesOf = (folders: readonly string[]) => folders.map((folder) => `test/${folder}/**/!(${PURE}).test.ts`)

/** A media test records for minutes; a cold Chrome on two busy cores takes seconds to start. */
const MEDIA_TEST_TIMEOUT_MS = 300_000
/** A unit test that spawns a process or opens PGlite the first time needs seconds on a busy machine. */
const UNIT_TEST_TIMEOUT_MS = 30_000
/** Unit tests, and those of browsers, wait more than they compute. */
const WORKERS = 2
/** A shared machine that stops for a second breaks a recording's figures: CI tries a media test once more, and names it. */
const MEDIA_RETRIES = process.env.CI ? 1 : 0

const WITH_BROWSER = {
  globalSetup: ['scripts/vitest/build-pages.ts'],
  testTimeout: MEDIA_TEST_TIMEOUT_MS,
  hookTimeout: MEDIA_TEST_TIMEOUT_MS,
  retry: MEDIA_RETRIES,
}

export default defineConfig({
  test: {
    pool: 'forks',
    passWithNoTests: false,
    setupFiles: ['scripts/vitest/leave-nothing.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: filesOf([...BROWSER, ...MEDIA]),
          maxWorkers: WORKERS,
          testTimeout: UNIT_TEST_TIMEOUT_MS,
          hookTimeout: UNIT_TEST_TIMEOUT_MS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'browser',
          include: filesOf(BROWSER),
          maxWorkers: WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'media',
          include: filesOf(MEDIA),
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
