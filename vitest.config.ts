import { defineConfig } from 'vitest/config'

/**
 * A test file's suffix says what it needs: `*.test.ts` nothing, `*.service.test.ts` processes, a database or servers,
 * `*.chrome.test.ts` a browser or FFmpeg, `*.measured.test.ts` a quiet machine, because its figures are held to promises.
 */
const tests = (kind: string) => [`test/**/*.${kind}.test.ts`]

/** A media test records for minutes; a cold Chrome on two busy cores takes seconds to start. */
const MEDIA_TEST_TIMEOUT_MS = 300_000
/** A test that spawns a process or opens PGlite the first time needs seconds on a busy machine. */
const UNIT_TEST_TIMEOUT_MS = 30_000
/** Files at once: most wait more than they compute. */
const WORKERS = 2
/** A shared machine that stops for a second breaks a recording's figures: CI tries a media test once more, and names it. */
const MEDIA_RETRIES = process.env.CI ? 1 : 0

const QUICK = { maxWorkers: WORKERS, testTimeout: UNIT_TEST_TIMEOUT_MS, hookTimeout: UNIT_TEST_TIMEOUT_MS }
const WITH_BROWSER = {
  globalSetup: ['scripts/vitest/build-pages.ts', 'scripts/vitest/prepare-embedded.ts'],
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
          ...QUICK,
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: ['service', 'chrome', 'measured'].flatMap(tests),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...QUICK,
          name: 'service',
          include: tests('service'),
          globalSetup: ['scripts/vitest/prepare-embedded.ts', 'scripts/vitest/prepare-postgres.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'chrome',
          include: tests('chrome'),
          maxWorkers: WORKERS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          ...WITH_BROWSER,
          name: 'measured',
          include: tests('measured'),
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
