import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { executablePath } from 'puppeteer'
import { AppError } from '../../protocol/index.ts'

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'] as const

/**
 * The Chrome to launch: the configured one, else the first on the search path, else the one in Puppeteer's cache.
 * Errors: `chrome.not-found`, also when the configured one is missing.
 */
export async function findChrome(
  configured: string | undefined,
  searchPath: string = process.env.PATH ?? '',
): Promise<string> {
  if (configured !== undefined) {
    const found = isAbsolute(configured) ? await usable(configured) : await findOnPath([configured], searchPath)
    if (found !== undefined) return found
    throw new AppError('chrome.not-found', `\`chromePath\` is not a program: ${configured}`, {
      field: 'chromePath',
      received: configured,
    })
  }
  const found = (await findOnPath(NAMES, searchPath)) ?? (await usable(await cachedChrome()))
  if (found !== undefined) return found
  throw new AppError(
    'chrome.not-found',
    'Chrome was not found; install chromium, run `npx puppeteer browsers install chrome`, or set PANOREC_CHROME_PATH',
  )
}

async function findOnPath(names: readonly string[], searchPath: string): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of searchPath.split(delimiter).filter((part) => part !== '')) {
      const found = await usable(join(folder, name))
      if (found !== undefined) return found
    }
  }
  return undefined
}

async function cachedChrome(): Promise<string> {
  try {
    return await executablePath()
  } catch {
    return ''
  }
}

async function usable(path: string): Promise<string | undefined> {
  if (path === '') return undefined
  return access(path, constants.X_OK).then(
    () => path,
    () => undefined,
  )
}
