import type { HealthCheck } from '../api/index.ts'
import type { Config } from '../config/index.ts'
import { toAppError } from '../protocol/index.ts'
import { findChrome } from '../recorder/index.ts'
import type { Core } from './core.ts'

/** A part that does not answer in this time is not ready. */
const CHECK_TIMEOUT_MS = 5000

/** What `/readyz` asks: whether a recording that starts now could succeed. */
export function createHealth(core: Pick<Core, 'database' | 'store' | 'logger'>, config: Config) {
  const checks: Readonly<Record<string, () => Promise<unknown>>> = {
    database: () => core.database.check(),
    store: () => core.store.check({ signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) }),
    chrome: () => findChrome(config.chromePath),
  }
  return {
    ready: (): Promise<readonly HealthCheck[]> =>
      Promise.all(Object.entries(checks).map(([name, check]) => runCheck(name, check, core))),
  }
}

async function runCheck(
  name: string,
  check: () => Promise<unknown>,
  { logger }: Pick<Core, 'logger'>,
): Promise<HealthCheck> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS)
  try {
    await Promise.race([check(), late])
    return { name, ok: true }
  } catch (thrown) {
    const err = toAppError(thrown)
    logger.warn({ err, check: name }, 'a readiness check failed')
    return { name, ok: false, message: err.message }
  } finally {
    clearTimeout(timer)
  }
}
