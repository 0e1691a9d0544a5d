import type { HealthCheck } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import { toAppError } from '../protocol/index.ts'
import { findChrome } from '../recorder/page/chrome-path.ts'
import { within } from '../timing/index.ts'
import type { ServiceParts } from './wire-service.ts'

/** A part that does not answer in this time is not ready. */
const CHECK_TIMEOUT_MS = 5000
/** So long a good result answers everybody: the checks cost calls of the store, and whoever asks needs no key. */
const SHARED_FOR_MS = 5000

/** The parts that are checked, and the log of failures. */
interface CheckedParts extends Pick<ServiceParts, 'logger'> {
  readonly database: Pick<ServiceParts['database'], 'check'>
  readonly store: Pick<ServiceParts['store'], 'check'>
}

/** What `/readyz` asks: whether a recording that starts now could succeed, as of the last five seconds. */
export function createHealth(
  parts: CheckedParts,
  config: Pick<Config, 'chromePath'>,
  clock: () => number = () => performance.now(),
) {
  const checks: Readonly<Record<string, () => Promise<unknown>>> = {
    database: () => parts.database.check(),
    store: () => parts.store.check({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) }),
    chrome: () => findChrome(config.chromePath),
  }
  const runChecks = () => Promise.all(Object.entries(checks).map(([name, check]) => runCheck(name, check, parts)))
  let last: { readonly atMs: number; readonly results: Promise<readonly HealthCheck[]> } | undefined
  return {
    ready(): Promise<readonly HealthCheck[]> {
      const nowMs = clock()
      if (last !== undefined && nowMs - last.atMs < SHARED_FOR_MS) return last.results
      const current = { atMs: nowMs, results: runChecks() }
      last = current
      void current.results.then((results) => {
        if (last === current && results.some(({ ok }) => !ok)) last = undefined
      })
      return current.results
    },
  }
}

async function runCheck(
  name: string,
  check: () => Promise<unknown>,
  { logger }: Pick<ServiceParts, 'logger'>,
): Promise<HealthCheck> {
  try {
    await within(CHECK_TIMEOUT_MS, check(), () => {
      throw new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)
    })
    return { name, ok: true }
  } catch (thrown) {
    const err = toAppError(thrown)
    logger.warn({ err, check: name }, 'a readiness check failed')
    return { name, ok: false, message: err.message }
  }
}
