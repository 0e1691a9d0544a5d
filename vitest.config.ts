import { defineConfig } from 'vitest/config'
import { INCONCLUSIVE } from './scripts/vitest/stalls.ts'

/**
 * A test file's suffix says what it needs: `*.test.ts` nothing, `*.service.test.ts` processes, a database or servers,
 * `*.chrome.test.ts` a browser or FFmpeg. `*.recorded.test.ts` judge figures that are held to promises in two classes that a global
 * set-up records before any test runs, while the machine does nothing else.
 */
const tests = (kind: string) => [`test/**/*.${kind}.test.ts`]

/** A cold Chrome on two busy cores takes seconds to start, and a class lasts some. */
const MEDIA_TEST_TIMEOUT_MS = 180_000
/** A test that spawns a process or opens PGlite the first time needs seconds on a busy machine. */
const UNIT_TEST_TIMEOUT_MS = 30_000
/** Files at once: most wait more than they compute. */
const WORKERS = 3

/** A test that failed while the machine stalled says so, see `scripts/vitest/name-stalls.ts`; no other is ever repeated. */
const WAITING = {
  setupFiles: ['scripts/vitest/leave-nothing.ts', 'scripts/vitest/name-stalls.ts'],
  retry: { count: 2, condition: new RegExp(`^${INCONCLUSIVE}`) },
}
const WATCH_STALLS = 'scripts/vitest/watch-stalls.ts'

/** One process for many files: their imports cost more than their tests. What a file leaves behind in it fails that file. */
const ONE_PROCESS = { isolate: false }
const QUICK = {
  ...ONE_PROCESS,
  maxWorkers: WORKERS,
  testTimeout: UNIT_TEST_TIMEOUT_MS,
  hookTimeout: UNIT_TEST_TIMEOUT_MS,
}
const WITH_BROWSER = {
  ...WAITING,
  maxWorkers: WORKERS,
  testTimeout: MEDIA_TEST_TIMEOUT_MS,
  hookTimeout: MEDIA_TEST_TIMEOUT_MS,
}
/** Outages of a live source that are waited out at once, and takes of a drawn page: more than these hold each other up. */
const CONCURRENT_TESTS = 5
const SERVICE_CONCURRENT_TESTS = 5
const BUILD_BUNDLES = 'scripts/vitest/build-bundles.ts'
const SHARE_COMPILED = 'scripts/vitest/share-compiled.ts'
const PREPARE_EMBEDDED = 'scripts/vitest/prepare-embedded.ts'
const PREPARE_FILMS = 'scripts/vitest/prepare-films.ts'
const RECORD_CLASSES = 'scripts/vitest/record-classes.ts'

export default defineConfig({
  test: {
    pool: 'forks',
    passWithNoTests: false,
    projects: [
      {
        extends: true,
        test: {
          ...QUICK,
          name: 'pure',
          setupFiles: ['scripts/vitest/leave-nothing.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['service', 'chrome', 'recorded'].flatMap(tests),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...QUICK,
          ...WAITING,
          name: 'service',
          // Tests that have a recording or a service of their own wait at once.
          maxConcurrency: SERVICE_CONCURRENT_TESTS,
          include: tests('service'),
          globalSetup: [
            WATCH_STALLS,
            SHARE_COMPILED,
            BUILD_BUNDLES,
            PREPARE_EMBEDDED,
            'scripts/vitest/prepare-postgres.ts',
          ],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'chrome',
          // Tests of sources wait out an outage each, those of the recorder a take.
          maxConcurrency: CONCURRENT_TESTS,
          globalSetup: [WATCH_STALLS, SHARE_COMPILED, BUILD_BUNDLES, PREPARE_EMBEDDED, PREPARE_FILMS],
          include: tests('chrome'),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'recorded',
          globalSetup: [WATCH_STALLS, BUILD_BUNDLES, PREPARE_EMBEDDED, RECORD_CLASSES],
          include: tests('recorded'),
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
