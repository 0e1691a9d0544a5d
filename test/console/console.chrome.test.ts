import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fakeHighlightId } from '../api/fake-highlights.ts'
import { openApp } from '../api/open-app.ts'
import { launchChrome } from '../kit/watch/chrome.ts'
import { aRecording, RECORDING_ID } from './recordings.ts'
import { storeTinyClip, storeTinyRecording } from './tiny-recording.ts'

const CONSOLE_DIR = fileURLToPath(new URL('../../dist/console', import.meta.url))
const KEY = 'a-key-of-this-test'
const OTHER_ID = 'rec_01JD0000000000000000000009'
/** A page under a busy machine's Chrome needs this long at most to show what it has. */
const SHOWN_MS = 20_000
/** The controls fade within a quarter of a second. */
const FADE_MS = 600

let browser: Browser
beforeAll(async () => {
  browser = await launchChrome()
})
afterAll(async () => {
  await browser.close()
})

/** The built console at the real application, in a window of its own; `faults` collects what the page complains of. */
async function openConsole(given: { readonly apiKeys?: readonly string[]; readonly hash?: string } = {}) {
  await using undo = new AsyncDisposableStack()
  const service = undo.use(await openApp({ consoleDir: CONSOLE_DIR, apiKeys: given.apiKeys ?? [] }))
  service.recordings.all.set(RECORDING_ID, aRecording())
  const url = await service.listen()
  const window = await browser.createBrowserContext()
  undo.defer(() => window.close())
  const page = await window.newPage()
  page.setDefaultTimeout(SHOWN_MS)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  const resources = undo.move()
  return {
    ...service,
    page,
    faults,
    open: () => page.goto(`${url}/${given.hash ?? ''}`),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function textOf(page: Page, selector: string): Promise<string> {
  await page.waitForSelector(selector)
  return await page.$eval(selector, (element) => element.textContent ?? '')
}

/** Waits until an expression holds in the page. */
async function until(page: Page, expression: string): Promise<void> {
  await page.waitForFunction(expression, { polling: 100 })
}

describe('the console in Chrome', () => {
  it('lists recordings and adds a new one without being asked', async () => {
    await using console = await openConsole()
    const { page, faults, events, recordings } = console
    await console.open()
    expect(await textOf(page, '.row')).toContain('class-42')
    await until(page, "document.querySelector('.connection-online') !== null")
    await expect.poll(() => events.subscribers(), { timeout: SHOWN_MS }).toBe(1)
    const fresh = aRecording({ id: OTHER_ID, room: 'class-43', state: 'recording', endedAt: null })
    recordings.all.set(OTHER_ID, fresh)
    events.emit(fresh)
    await until(page, "document.querySelectorAll('.row').length === 2")
    expect(await textOf(page, '.row')).toMatch(/class-43[\s\S]*Live/)
    expect(faults).toEqual([])
  })

  it('teaches the call that starts a recording while there is none', async () => {
    await using console = await openConsole()
    console.recordings.all.clear()
    await console.open()
    expect(await textOf(console.page, '.empty')).toContain('curl -X POST http://127.0.0.1')
  })

  it('plays a recorded playlist to its end and obeys the keyboard', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, store, faults } = console
    await storeTinyRecording(store, RECORDING_ID)
    await console.open()
    await until(page, "document.querySelector('video')?.currentTime > 0.5")
    expect(await page.$eval('video', (video) => video.videoWidth)).toBe(640)
    await page.keyboard.press(' ')
    await until(page, "document.querySelector('video').paused")
    await page.keyboard.press('m')
    await until(page, "document.querySelector('video').muted")
    await page.keyboard.press('ArrowRight')
    await until(page, "document.querySelector('video').currentTime > 5")
    await page.keyboard.press(' ')
    await until(page, "document.querySelector('video').ended")
    expect(await page.$eval('video', (video) => video.currentTime)).toBeGreaterThan(5.9)
    expect(faults).toEqual([])
  })

  it('switches the layout and stops a running recording after asking', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, recordings } = console
    recordings.all.set(RECORDING_ID, aRecording({ state: 'starting', startedAt: null, takes: [], stats: null }))
    await console.open()
    await page.locator('button.layout::-p-text(Grid)').click()
    await until(page, "document.querySelector('.layout[aria-pressed=true]')?.innerText.includes('Grid')")
    expect(recordings.all.get(RECORDING_ID)?.layout).toEqual({ name: 'grid', focus: 'teacher' })
    await page.locator('.title-row .button-stop').click()
    expect(recordings.all.get(RECORDING_ID)?.state).toBe('starting')
    await page.locator('dialog[open] .button-stop').click()
    await until(page, "document.querySelector('.title .badge')?.innerText.includes('Finalizing')")
  })

  it('pauses a running recording by button, and goes on with it by key', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, recordings, faults } = console
    recordings.all.set(RECORDING_ID, aRecording({ state: 'recording', endedAt: null, pausedAt: null }))
    await console.open()
    await page.locator('.button-pause::-p-text(Pause)').click()
    await until(page, "document.querySelector('.title .badge')?.innerText.includes('Paused')")
    expect(recordings.all.get(RECORDING_ID)?.state).toBe('paused')
    expect(await textOf(page, '.title-note')).toContain('Paused since')
    await page.waitForSelector('.button-pause:not(:disabled)')
    await page.keyboard.press('p')
    await until(page, "document.querySelector('.title .badge')?.innerText.includes('Live')")
    expect(recordings.all.get(RECORDING_ID)).toMatchObject({ state: 'recording', pausedAt: null })
    expect(faults.filter((fault) => !fault.includes('404'))).toEqual([])
  })

  it('asks before the key p pauses, and obeys no letter once they are switched off, also after a reload', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, recordings } = console
    const state = () => recordings.all.get(RECORDING_ID)?.state
    recordings.all.set(RECORDING_ID, aRecording({ state: 'recording', endedAt: null, pausedAt: null }))
    await console.open()
    await page.waitForSelector('.button-pause')
    await page.keyboard.press('p')
    await page.locator('dialog[open] .button::-p-text(Keep recording)').click()
    expect(state()).toBe('recording')
    await page.keyboard.press('p')
    await page.locator('dialog[open] .button-main').click()
    await expect.poll(state, { timeout: SHOWN_MS }).toBe('paused')
    await page.waitForSelector('.button-pause.button-main:not(:disabled)')
    await page.locator('.shortcuts-switch input').click()
    await page.reload()
    await page.waitForSelector('.button-pause.button-main:not(:disabled)')
    await page.keyboard.press('p')
    await page.keyboard.press('h')
    await page.locator('.shortcuts-switch input').click()
    expect([state(), console.highlights.triggered]).toEqual(['paused', 0])
    await page.keyboard.press('p')
    await expect.poll(state, { timeout: SHOWN_MS }).toBe('recording')
  })

  it('keeps the controls while the focus is in them, and leaves the arrows to a slider', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, store } = console
    await storeTinyRecording(store, RECORDING_ID)
    await console.open()
    await until(page, "document.querySelector('video')?.currentTime > 0.2")
    await page.evaluate("document.querySelector('video').loop = true")
    const opacity = "getComputedStyle(document.querySelector('.controls')).opacity"
    await until(page, `document.querySelector('.player-idle') !== null && ${opacity} === '0'`)
    await page.keyboard.press('m')
    await page.focus('.volume')
    await until(
      page,
      "document.querySelector('.volume:focus-visible') !== null && document.querySelector('.player-idle') !== null",
    )
    await new Promise((resolve) => setTimeout(resolve, FADE_MS))
    expect(await page.evaluate(opacity)).toBe('1')
    await page.keyboard.press('k')
    await until(page, "document.querySelector('video').paused")
    await page.evaluate("document.querySelector('video').currentTime = 3")
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await until(page, "Math.abs(document.querySelector('video').volume - 0.1) < 0.001")
    expect(await page.$eval('video', (video) => video.currentTime)).toBe(3)
    await page.focus('.seek')
    await page.keyboard.press('ArrowLeft')
    await until(page, "document.querySelector('video').currentTime === 0")
  })

  it('moves the focus into a page that was gone to', async () => {
    await using console = await openConsole()
    const { page } = console
    await console.open()
    await page.locator('.row a').click()
    await until(page, "document.querySelector('.title') !== null && document.activeElement.id === 'main'")
  })

  it('loads a clip again that failed, and goes on playing', async () => {
    await using console = await openConsole({ hash: `#/highlights/${fakeHighlightId(1)}` })
    const { page, store, highlights } = console
    const { id } = await highlights.trigger(RECORDING_ID, {})
    highlights.change(id, { state: 'ready' })
    await console.open()
    expect(await textOf(page, '.player-trouble')).toContain('Trying again')
    await storeTinyClip(store, `${RECORDING_ID}/highlights/${id}/clip.mp4`)
    await until(page, "document.querySelector('dialog video').currentTime > 0.2")
    expect(await page.$('.player-trouble')).toBeNull()
  })

  it('shows the code and the words of a failed recording', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const error = { code: 'chrome.crashed', message: 'Chrome ended unexpectedly after 420 s' }
    console.recordings.all.set(
      RECORDING_ID,
      aRecording({ state: 'failed', error, takes: [], stats: null, durationSec: 0 }),
    )
    await console.open()
    expect(await textOf(console.page, '.note-bad')).toMatch(/Chrome ended unexpectedly after 420 s\s*chrome\.crashed/)
  })

  it('asks for a key where keys are set, refuses a wrong one with words, and plays with the right one', async () => {
    await using console = await openConsole({ apiKeys: [KEY], hash: `#/recordings/${RECORDING_ID}` })
    const { page, store } = console
    await storeTinyRecording(store, RECORDING_ID)
    await console.open()
    await page.locator('input[name=key]').fill('not-the-right-key')
    await page.locator('.sign-in button').click()
    expect(await textOf(page, '.note-bad')).not.toBe('')
    await page.locator('input[name=key]').fill(KEY)
    await page.locator('.sign-in button').click()
    await until(page, "document.querySelector('video')?.currentTime > 0.2")
    const window = page.browserContext()
    const ended = await window.cookies()
    expect(ended).toHaveLength(1)
    await window.deleteCookie(...ended)
    await page.reload()
    await until(page, "document.querySelector('video')?.currentTime > 0.2")
    expect(await window.cookies(), 'a page that knows the key opens the media again').toHaveLength(1)
  })

  it('says of a recording that it was deleted, by event or by what the service answers', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page, recordings, store, events } = console
    await storeTinyRecording(store, RECORDING_ID)
    await console.open()
    await page.waitForSelector('video')
    await expect.poll(() => events.subscribers(), { timeout: SHOWN_MS }).toBe(1)
    recordings.all.delete(RECORDING_ID)
    events.put({ at: new Date().toISOString(), recordingId: RECORDING_ID, type: 'recording.deleted' })
    expect(await textOf(page, '.note-bad')).toContain('was deleted')
    expect(await page.$('video')).toBeNull()
    await page.reload()
    expect(await textOf(page, '.note-bad')).toContain('recording.not-found')
  })

  it('renames a highlight by keyboard, and Esc leaves the field but not the dialog', async () => {
    await using console = await openConsole({ hash: `#/highlights/${fakeHighlightId(1)}` })
    const { page, highlights } = console
    await highlights.trigger(RECORDING_ID, { label: 'The question' })
    await console.open()
    await page.waitForSelector('.modal-title .link-button')
    await page.focus('.modal-title .link-button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.label-form')
    await page.keyboard.type('vs')
    await page.keyboard.press('Escape')
    await until(page, "document.activeElement.matches('.modal-title .link-button')")
    expect(await page.$('.label-form')).toBeNull()
    expect(await page.$('.button-heart[aria-pressed=true], .share'), 'no letter was a short cut').toBeNull()
    await page.keyboard.press('Enter')
    await page.waitForSelector('.label-form')
    await page.keyboard.type(', vs')
    await page.keyboard.press('Enter')
    await until(page, "document.activeElement.matches('.modal-title .link-button')")
    expect(await textOf(page, '#highlight-title')).toBe('The question, vs')
  })

  it('gives the focus back when the options of highlights are left', async () => {
    await using console = await openConsole({ hash: `#/recordings/${RECORDING_ID}` })
    const { page } = console
    console.recordings.all.set(RECORDING_ID, aRecording({ state: 'recording', endedAt: null }))
    await console.open()
    await page.locator('.trigger-options-button').click()
    await until(page, "document.activeElement.matches('.trigger-options input')")
    await page.keyboard.press('Escape')
    await until(page, "document.activeElement.matches('.trigger-options-button')")
  })
})
