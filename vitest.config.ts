import { defineConfig } from 'vitest/config'

/** Folders whose tests start Chrome or FFmpeg: one file at a time, so that their figures mean something. */
const MEDIA = ['clipper', 'conformance', 'console', 'demo', 'integration', 'recorder', 'scene', 'sources']
/** Files of those folders that start neither. */
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
  'plan-clip',
  'plan-lead',
  'plan-scene',
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
  'ts-clock',
  'uploader',
  'whep-watch',
].join('|')
const MEDIA_FILES = MEDIA.map((folder) => `test/${folder}/**/!(${PURE}).test.ts`)

/** A media test records for minutes; a cold Chrome on two busy cores takes seconds to start. */
const MEDIA_TEST_TIMEOUT_MS = 300_000
/** A unit test that spawns a process or opens PGlite the first time needs seconds on a busy machine. */
const UNIT_TEST_TIMEOUT_MS = 30_000
/** Unit tests wait more than they compute. */
const UNIT_WORKERS = 2
/** A shared machine that stops for a second breaks a recording's figures: CI tries a media test once more, and names it. */
const MEDIA_RETRIES = process.env.CI ? 1 : 0

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
          exclude: MEDIA_FILES,
          maxWorkers: UNIT_WORKERS,
          testTimeout: UNIT_TEST_TIMEOUT_MS,
          hookTimeout: UNIT_TEST_TIMEOUT_MS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'media',
          include: MEDIA_FILES,
          globalSetup: ['scripts/vitest/build-pages.ts'],
          fileParallelism: false,
          testTimeout: MEDIA_TEST_TIMEOUT_MS,
          retry: MEDIA_RETRIES,
          hookTimeout: MEDIA_TEST_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
