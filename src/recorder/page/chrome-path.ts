import which from 'which'
import { AppError } from '../../protocol/app-error.ts'

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'] as const

/**
 * Finds the Chrome to launch: the configured one, else the first on the search path, else the one in Puppeteer's cache.
 * Errors: `chrome.not-found`, also when the configured one is missing.
 */
export async function findChrome(configured: string | undefined): Promise<string> {
  if (configured !== undefined) {
    const found = await findProgram([configured])
    if (found !== undefined) return found
    throw new AppError('chrome.not-found', `\`chromePath\` is not a program: ${configured}`, {
      field: 'chromePath',
      received: configured,
    })
  }
  const found = (await findProgram(NAMES)) ?? (await findProgram(await cachedChrome()))
  if (found !== undefined) return found
  throw new AppError(
    'chrome.not-found',
    'Chrome was not found; install chromium, run `npx puppeteer browsers install chrome`, or set PANOREC_CHROME_PATH',
  )
}

/** The first of these programs, by their names or paths, that this user may execute. */
async function findProgram(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    const found = await which(program, { nothrow: true })
    if (found !== null) return found
  }
  return undefined
}

/** Puppeteer is loaded only here: its 130 modules are nothing for a service that has a Chrome on its path. */
async function cachedChrome(): Promise<readonly string[]> {
  try {
    const { executablePath } = await import('puppeteer')
    return [await executablePath()]
  } catch {
    return []
  }
}
