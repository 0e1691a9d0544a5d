import { defineConfig } from 'vitest/config'

/** Folders whose tests start Chrome or FFmpeg: one file at a time, so that their figures mean something. */
const MEDIA = ['clipper', 'conformance', 'console', 'demo', 'integration', 'recorder', 'scene', 'sources']
/** Files of those folders that start neither. */
const PURE =
  'board-images|idle-watch|judge-memory|judge-output|leftovers|long-take|spool-room|uploader|build-movie|demux-segment|parameter-sets|plan-clip|plan-sound|titles|fence|pausing|segment-grouper|signalling|triggers|ts-clock'
const MEDIA_FILES = MEDIA.map((folder) => `test/${folder}/**/!(${PURE}).test.ts`)

/** A media test records for minutes; a cold Chrome on two busy cores takes seconds to start. */
const MEDIA_TEST_TIMEOUT_MS = 300_000
/** A unit test that spawns a process or opens PGlite the first time needs seconds on a busy machine. */
const UNIT_TEST_TIMEOUT_MS = 30_000

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
          hookTimeout: MEDIA_TEST_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
