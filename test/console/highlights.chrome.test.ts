import type { Browser, BrowserContext, Page, Viewport } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Client, createClient } from '../../src/client/index.ts'
import type { Highlight, Recording } from '../../src/protocol/index.ts'
import { LiveClass, launchChrome } from '../kit/index.ts'
import { TestService } from '../kit/service/test-service.ts'

const KEY = 'a-key-of-this-test'
const TINY = { width: 320, height: 180, fps: 10 }
const DESKTOP: Viewport = { width: 1280, height: 860 }
const PHONE: Viewport = { width: 360, height: 740, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const CLASS_SEC = 120
/** A page under a busy machine's Chrome, beside a recording, needs this long at most to show what it has. */
const SHOWN_MS = 30_000
/** A clip waits for its post-roll and for a clip function on the same busy machine. */
const CUT_MS = 60_000
/** Enough for a clip with seconds before its moment. */
const RECORDED_SEC = 6

const LONG_LABEL = 'A rather long label that has to find its place on a phone held upright'
/** Clips that are there when the tests begin. */
const LABELS = [
  'The proof, in one line',
  'First of two',
  'Second of two',
  'By keyboard',
  'To be shared',
  'To be deleted',
  LONG_LABEL,
] as const

let browser: Browser
let live: LiveClass
let service: TestService
let client: Client
let recording: Recording
/** Of a person who has signed in: it lets media be played. */
let session: { readonly name: string; readonly value: string }

beforeAll(async () => {
  browser = await launchChrome()
  live = await LiveClass.start(1, CLASS_SEC)
  service = await TestService.start({ PANOREC_API_KEYS: KEY, PANOREC_LOG_LEVEL: 'silent' })
  client = createClient({ baseUrl: service.url, apiKey: KEY })
  session = await signIn()
  const started = await client.recordings.start({ room: 'class-42', sources: live.sources, video: TINY, segmentSec: 1 })
  recording = await vi.waitFor(
    async () => {
      const now = await client.recordings.get(started.id)
      expect(now.durationSec).toBeGreaterThan(RECORDED_SEC)
      return now
    },
    { timeout: CUT_MS, interval: 200 },
  )
  await Promise.all(LABELS.map(makeClip))
})
afterAll(async () => {
  await browser?.close()
  await service?.[Symbol.asyncDispose]()
  await live?.[Symbol.asyncDispose]()
})

/** A signed-in console in a window of its own. */
async function openConsole(hash: string, viewport: Viewport = DESKTOP) {
  await using undo = new AsyncDisposableStack()
  const window: BrowserContext = await browser.createBrowserContext()
  undo.defer(() => window.close())
  await window.overridePermissions(service.url, ['clipboard-read', 'clipboard-write', 'clipboard-sanitized-write'])
  const page = await window.newPage()
  await page.setViewport(viewport)
  page.setDefaultTimeout(SHOWN_MS)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  await page.evaluateOnNewDocument((key) => sessionStorage.setItem('panorec.key', key), KEY)
  await window.setCookie({ ...session, domain: new URL(service.url).hostname, path: '/' })
  await page.goto(`${service.url}/${hash}`)
  await until(page, "document.querySelector('.connection-online') !== null")
  const resources = undo.move()
  return { page, faults, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** What the sign-in page does with the key. */
async function signIn() {
  const headers = { authorization: `Bearer ${KEY}` }
  const { headers: answered } = await fetch(`${service.url}/v1/session`, { method: 'POST', headers })
  const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(answered.get('set-cookie') ?? '') ?? []
  return { name, value }
}

/** Waits until an expression holds in the page. */
async function until(page: Page, expression: string, timeout = SHOWN_MS): Promise<void> {
  await page.waitForFunction(expression, { polling: 100, timeout })
}

/** Makes a clip by a call and not by hand, and waits until it is there. */
async function makeClip(label: string): Promise<void> {
  const { id } = await client.highlights.trigger(recording.id, { preSec: 2, postSec: 0, label, by: 'Ms Li' })
  // Runs before the tests too, where `expect.poll` may not be called.
  await vi.waitFor(async () => expect((await client.highlights.get(id)).state).toBe('ready'), { timeout: CUT_MS })
}

/** One of the clips that were made before the tests. */
async function clipOf(label: (typeof LABELS)[number]): Promise<Highlight> {
  const [found] = (await client.highlights.list({ recordingId: recording.id, label })).items
  return found ?? expect.unreachable(`there is no clip ${label}`)
}

const recordingHash = () => `#/recordings/${recording.id}`
const CARDS = "[...document.querySelectorAll('.card')]"
/** An expression: whether the picture of the first card that passes is loaded. */
const hasPoster = (selector: string) => `document.querySelector('${selector} .card-poster')?.naturalWidth > 0`
const noSidewaysScroll = 'document.documentElement.scrollWidth <= innerWidth'

describe('the button of a running class', () => {
  it('keeps a moment at one press, by key too, and the clips appear by themselves', async () => {
    const made = async () => (await client.highlights.list({ recordingId: recording.id })).items
    const before = (await made()).length
    await using console = await openConsole(recordingHash())
    const { page, faults } = console
    await page.waitForSelector('.trigger-button')
    await page.locator('.trigger-options-button').click()
    await page.locator('.trigger-options input').fill('2')
    await page.locator('.trigger-options label:nth-of-type(2) input').fill('3')
    // A second and a half: the page is drawn anew meanwhile.
    await page.type('.trigger-options label:nth-of-type(4) input', 'Mr Okafor', { delay: 170 })
    await page.locator('.trigger-options button').click()
    await page.locator('.trigger-button').click()
    await until(page, "document.querySelector('.trigger-button').innerText.includes('Kept')")
    await until(page, "/Waiting \\d s/.test(document.querySelector('.strip .card')?.innerText)")
    await page.keyboard.press('h')
    await until(page, `document.querySelectorAll('.strip .card').length === ${before + 2}`)
    await until(page, `document.querySelectorAll('.marks .mark').length === ${before + 2}`)
    await until(page, `${CARDS}.every((card) => card.dataset.state === 'ready')`, CUT_MS)
    await until(page, hasPoster('.strip .card'))
    const items = await made()
    expect(items.slice(0, 2).map(({ preSec, postSec, by }) => ({ preSec, postSec, by }))).toEqual([
      { preSec: 2, postSec: 3, by: 'Mr Okafor' },
      { preSec: 2, postSec: 3, by: 'Mr Okafor' },
    ])
    expect(faults).toEqual([])
  })

  it('takes a label after the press, and offers it again for the next', async () => {
    await using console = await openConsole(recordingHash())
    const { page } = console
    await page.waitForSelector('.trigger-button')
    await page.keyboard.press('h')
    await page.waitForSelector('.label-form')
    await page.keyboard.press('l')
    await page.keyboard.type('Aha, hh')
    await page.keyboard.press('Enter')
    await until(page, `${CARDS}.some((card) => card.innerText.includes('Aha, hh'))`)
    await page.keyboard.press('h')
    await page.locator('.label-chips button::-p-text(Aha, hh)').click()
    await expect
      .poll(async () => (await client.highlights.list({ label: 'aha, HH' })).items.length, { timeout: SHOWN_MS })
      .toBe(2)
  })

  it('keeps the moment that the player shows, not the one of the press', async () => {
    await using console = await openConsole(recordingHash())
    const { page } = console
    await until(page, "document.querySelector('video')?.currentTime > 0.5")
    await page.keyboard.press(' ')
    await page.evaluate("document.querySelector('video').currentTime = 3")
    const before = (await client.highlights.list({ recordingId: recording.id })).items.length
    await page.locator('button[aria-label="Highlight this moment"]').click()
    await expect
      .poll(async () => (await client.highlights.list({ recordingId: recording.id })).items.length, {
        timeout: SHOWN_MS,
      })
      .toBe(before + 1)
    const [made] = (await client.highlights.list({ recordingId: recording.id })).items
    const intoSec = (Date.parse(made?.at ?? '') - Date.parse(recording.startedAt ?? '')) / 1000
    // A segment's wall time and the start of the recording are a moment of the start-up apart.
    expect(Math.abs(intoSec - 3)).toBeLessThan(1)
  })
})

describe('the player of a running class', () => {
  it('asks for the end of its index alone, and can still go back to its beginning', async () => {
    await using console = await openConsole(recordingHash())
    const { page, faults } = console
    const update = await page.waitForResponse(
      async (response) => response.url().includes('_HLS_skip=YES') && (await response.text()).includes('#EXT-X-SKIP:'),
    )
    expect(await update.text()).not.toContain('takes/1/0.ts')
    await page.waitForResponse((response) => response.url().includes('_HLS_skip=YES') && response !== update)
    const range = () => page.$eval('video', ({ seekable }) => [seekable.start(0), seekable.end(0)] as const)
    const [startSec, endSec] = await range()
    expect(endSec - startSec).toBeGreaterThan(2 * RECORDED_SEC)
    await page.evaluate(`document.querySelector('video').currentTime = ${startSec}`)
    await page.evaluate("document.querySelector('video').play()")
    const shown = `document.querySelector('video').currentTime > ${startSec} + 0.5`
    await until(page, `${shown} && !document.querySelector('video').paused`)
    expect(await page.$eval('video', ({ currentTime }) => currentTime)).toBeLessThan(startSec + RECORDED_SEC)
    expect(faults).toEqual([])
  })
})

describe('a phone', () => {
  it('has the button under the thumb and nothing to scroll sideways', async () => {
    const clip = await clipOf(LONG_LABEL)
    await using console = await openConsole(recordingHash(), PHONE)
    const { page, faults } = console
    await page.waitForSelector('.trigger-button')
    await until(page, hasPoster('.strip .card'))
    expect(await page.evaluate(noSidewaysScroll)).toBe(true)
    const box = await (await page.$('.trigger-button'))?.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(56)
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeGreaterThan(PHONE.height - 40)
    const before = (await client.highlights.list({ recordingId: recording.id })).items.length
    await page.tap('.trigger-button')
    await expect
      .poll(async () => (await client.highlights.list({ recordingId: recording.id })).items.length, {
        timeout: SHOWN_MS,
      })
      .toBe(before + 1)
    for (const hash of ['#/highlights', `#/highlights/${clip.id}`, '#/recordings']) {
      await page.goto(`${service.url}/${hash}`)
      await until(page, "document.querySelector('.card, .row') !== null")
      expect(await page.evaluate(noSidewaysScroll), hash).toBe(true)
    }
    expect(faults).toEqual([])
  })
})

describe('the gallery of a class that has ended', () => {
  beforeAll(async () => {
    await client.recordings.stop(recording.id)
  })

  it('narrows by text and favourites, holds that in the address, and keeps a heart over a reload', async () => {
    const wanted = await clipOf('The proof, in one line')
    await using console = await openConsole('#/highlights')
    const { page } = console
    await page.locator('input[type=search]').fill('PROOF')
    await until(page, `${CARDS}.length === 1 && location.hash.includes('text=PROOF')`)
    await page.locator('.card .heart').click()
    await until(page, "document.querySelector('.heart[aria-pressed=true]') !== null")
    await expect.poll(async () => (await client.highlights.get(wanted.id)).favourite, { timeout: SHOWN_MS }).toBe(true)
    await page.click('input[type=search]', { count: 3 })
    await page.keyboard.press('Backspace')
    await until(page, `${CARDS}.length > 1`)
    await page.locator('button.chip::-p-text(Favourites)').click()
    await until(page, `${CARDS}.length === 1 && ${CARDS}[0].innerText.includes('The proof, in one line')`)
    await page.reload()
    await until(page, `${CARDS}.length === 1 && document.querySelector('.heart[aria-pressed=true]') !== null`)
    await page.hover('.card')
    await until(page, "document.querySelector('.card-preview')?.naturalWidth > 0")
  })

  it('joins chosen clips into a film that plays', async () => {
    await using console = await openConsole('#/highlights?text=of+two')
    const { page } = console
    await until(page, `${CARDS}.length === 2`)
    await page.locator('button::-p-text(Make a recap)').click()
    await page.locator('input[aria-label="Choose First of two"]').click()
    await page.locator('input[aria-label="Choose Second of two"]').click()
    await page.locator('.choosing .button-main').click()
    await page.locator('button[aria-label="First of two: later"]').click()
    await page.locator('.form .button-main').click()
    await until(page, "location.hash.startsWith('#/recaps/')")
    await until(page, "document.querySelector('dialog video')?.currentTime > 0.5", CUT_MS)
    const [recap] = (await client.highlights.recaps(recording.id)).items
    const labels = await Promise.all((recap?.highlights ?? []).map((id) => client.highlights.get(id)))
    expect(labels.map(({ label }) => label)).toEqual(['Second of two', 'First of two'])
  })
})

describe('a highlight by itself', () => {
  it('is walked through by the keyboard alone, and gives the focus back', async () => {
    const clip = await clipOf('By keyboard')
    await using console = await openConsole('#/highlights?text=By+keyboard')
    const { page, faults } = console
    await page.waitForSelector('.card-link')
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press('Tab')
      if (await page.evaluate("document.activeElement.matches('.card-link')")) break
    }
    await page.keyboard.press('Enter')
    await until(page, "document.querySelector('dialog video')?.currentTime > 0.3")
    expect(await page.evaluate("document.querySelector('dialog video').src.includes('clip.mp4')")).toBe(true)
    await page.keyboard.press(' ')
    await until(page, "document.querySelector('dialog video').paused")
    await page.keyboard.press('ArrowLeft')
    await until(page, "document.querySelector('dialog video').currentTime === 0")
    await page.keyboard.press('v')
    await until(page, "document.querySelector('.button-heart[aria-pressed=true]') !== null")
    await page.keyboard.press('s')
    await page.waitForSelector('.share')
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('Tab')
      const outside = "document.activeElement !== document.body && document.activeElement.closest('dialog') === null"
      expect(await page.evaluate(outside), 'the focus stays in the dialog').toBe(false)
    }
    await page.keyboard.press('Escape')
    await until(page, "document.querySelector('dialog') === null")
    expect(await page.evaluate("document.activeElement.matches('.card-link')")).toBe(true)
    expect((await client.highlights.get(clip.id)).favourite).toBe(true)
    expect(faults).toEqual([])
  })

  it('gives a link that is copied, opens without a key, and opens nothing once it is revoked', async () => {
    const clip = await clipOf('To be shared')
    await using console = await openConsole(`#/highlights/${clip.id}`)
    const { page } = console
    await page.locator('button::-p-text(Share)').click()
    await page.locator('.share button::-p-text(Make a link)').click()
    const url = await page.waitForSelector('.share-url').then((link) => link?.evaluate((a) => a.getAttribute('href')))
    if (url === undefined || url === null) throw new Error('no link was made')
    await until(page, "document.querySelector('.share-end').innerText.includes('Copied')")
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url)
    const stranger = await browser.createBrowserContext()
    try {
      const shared = await stranger.newPage()
      expect((await shared.goto(url))?.status()).toBe(200)
      expect(await shared.evaluate('document.body.innerText')).toContain('To be shared')
      await page.bringToFront()
      await page.locator('button::-p-text(Revoke)').click()
      await until(page, "document.querySelector('.share-row') === null")
      expect((await shared.goto(url))?.ok()).toBe(false)
    } finally {
      await stranger.close()
    }
  })

  it('is deleted after asking, and its card goes', async () => {
    const clip = await clipOf('To be deleted')
    await using console = await openConsole('#/highlights?text=To+be+deleted')
    const { page } = console
    await page.locator('.card-link').click()
    await page.locator('button[aria-label="Delete"]').click()
    await page.locator('dialog dialog .button-stop').click()
    await until(page, "document.querySelector('dialog') === null && document.querySelector('.card') === null")
    await expect(client.highlights.get(clip.id)).rejects.toMatchObject({ code: 'highlight.not-found' })
  })
})
