import { createRequire } from 'node:module'
import { join } from 'node:path'
import { launchChrome } from './chrome.ts'

/** What a viewer saw in hls.js. */
export interface Viewing {
  /** Pictures the video element decoded, and of those the ones it had to drop. */
  readonly frames: number
  readonly dropped: number
  /** Every error event of hls.js as `type/details`, with `fatal` when it is. */
  readonly errors: readonly string[]
  /** Times the picture waited for data after it first played. */
  readonly stalls: number
  readonly ended: boolean
  readonly positionSec: number
  /** Null for a playlist that goes on. */
  readonly durationSec: number | null
}

interface PlayOptions {
  /** Stops after this long; without it the playlist plays to its end. */
  readonly seconds?: number
  /** Starts here; without it a live playlist starts at its edge. */
  readonly fromSec?: number
  readonly rate?: number
}

/** A playlist that should have ended by now and has not is stuck. */
const LONGEST_PLAY_MS = 180_000

/** Plays a playlist in hls.js in a real Chrome, as a viewer's page does, and reports what happened. */
export async function playInChrome(url: string, options: PlayOptions = {}): Promise<Viewing> {
  await using browser = await launchChrome()
  const page = await browser.newPage()
  page.setDefaultTimeout(LONGEST_PLAY_MS)
  await page.setContent('<video playsinline width="640" height="360"></video>')
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js') })
  await page.addScriptTag({ path: join(import.meta.dirname, './pages/player.js') })
  const settings = JSON.stringify({ ...options, longestMs: LONGEST_PLAY_MS })
  return (await page.evaluate(`play(${JSON.stringify(url)}, ${settings})`)) as Viewing
}
