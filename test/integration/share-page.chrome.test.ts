import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakeHighlightId } from '../api/fake-highlights.ts'
import { fakeId } from '../api/fakes.ts'
import { openApp } from '../api/open-app.ts'
import { CLIP_SIZE, launchChrome, makePatternClip, patternOf } from '../kit/index.ts'

const SECONDS = 4
/** The clip has 100 pictures; Chrome may drop some on a busy machine, but plays all of the time. */
const LENGTH_TOLERANCE_SEC = 0.1
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true }

describe('the page of a link, in a browser', () => {
  let api: Awaited<ReturnType<typeof openApp>>
  let browser: Browser
  let url: string
  beforeAll(async () => {
    api = await openApp()
    await api.recordings.start({ room: 'class-42', video: CLIP_SIZE })
    await api.highlights.trigger(fakeId(1), { label: `A word ${'without-an-end'.repeat(10)}` })
    api.highlights.change(fakeHighlightId(1), { state: 'ready', durationSec: SECONDS })
    const folder = `${fakeId(1)}/highlights/${fakeHighlightId(1)}`
    await api.store.put(`${folder}/clip.mp4`, await readFile(await makePatternClip(patternOf(0), SECONDS)))
    const share = await api.highlights.share(fakeHighlightId(1))
    url = `${await api.listen()}${share.url}`
    browser = await launchChrome()
  })
  afterAll(async () => {
    await browser?.close()
    await api?.[Symbol.asyncDispose]()
  })

  /** The page with all that its policy forbade, which must be nothing. */
  async function open(prepare: (page: Page) => Promise<unknown>): Promise<{ page: Page; violations: string[] }> {
    const page = await browser.newPage()
    const violations: string[] = []
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text())
    })
    await prepare(page)
    await page.goto(url, { waitUntil: 'load' })
    return { page, violations }
  }

  test('plays the clip through to its end by the keyboard alone', async () => {
    const { page, violations } = await open((it) => it.setViewport({ width: 1280, height: 800 }))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.waitForFunction("document.querySelector('video').ended")
    const [endSec, width, height] = (await page.evaluate(`(() => {
      const { currentTime, videoWidth, videoHeight } = document.querySelector('video')
      return [currentTime, videoWidth, videoHeight]
    })()`)) as [number, number, number]
    expect(Math.abs(endSec - SECONDS)).toBeLessThanOrEqual(LENGTH_TOLERANCE_SEC)
    expect([width, height, violations]).toEqual([CLIP_SIZE.width, CLIP_SIZE.height, []])
    await page.close()
  })

  test.each(['light', 'dark'])('needs no script and fits a phone, in the %s', async (scheme) => {
    const { page, violations } = await open(async (it) => {
      await it.setJavaScriptEnabled(false)
      await it.setViewport(PHONE)
      await it.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    })
    const { width, ratio, background } = (await page.evaluate(`(() => {
      const { width, height } = document.querySelector('video').getBoundingClientRect()
      const background = getComputedStyle(document.body).backgroundColor
      return { width: document.documentElement.scrollWidth, ratio: width / height, background }
    })()`)) as { width: number; ratio: number; background: string }
    expect(width).toBe(PHONE.width)
    expect(ratio).toBeCloseTo(16 / 9, 2)
    expect(background).toBe(scheme === 'dark' ? 'rgb(17, 20, 21)' : 'rgb(246, 245, 241)')
    expect(violations).toEqual([])
    await page.close()
  })
})
