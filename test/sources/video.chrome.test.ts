import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePatternClip } from '../kit/sources/clip.ts'
import { FileServer } from '../kit/sources/file-server.ts'
import { patternOf } from '../kit/sources/pattern.ts'
import { longestPauseMs, SourceHarness } from './harness.ts'

const CLIP_SEC = 3
const START_WITHIN_MS = 5000
/** Chrome seeks back to the beginning: well below the second after which a picture counts as stalled. */
const SEAM_MS = 600
/** A wait is at most half of the outage before it; on top come the load and one look. */
const BACK_WITHIN_MS = 5000
const OUTAGE_MS = 6000
/** A file that cannot be decoded is asked for again every 10 s. */
const SLOW_RETRY_MS = 10_000

let folder: string
let files: FileServer
let harness: SourceHarness

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panorec-test-video-'))
  await copyFile(await makePatternClip(patternOf(0), CLIP_SEC), join(folder, 'clip.mp4'))
  files = await FileServer.start(folder)
  harness = await SourceHarness.start()
})
afterAll(async () => {
  await harness[Symbol.asyncDispose]()
  await files[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Puts the clip in its place at once: nobody is served a part of it. */
async function putClip(name: string): Promise<void> {
  await copyFile(join(folder, 'clip.mp4'), join(folder, `part-${name}`))
  await rename(join(folder, `part-${name}`), join(folder, name))
}

describe.each(['decoders', 'elements'] as const)('a video source that is played by %s', (player) => {
  // Alone: sources that start beside it hold up the seam.
  test('goes on over the seam of its loop', async () => {
    await using source = await harness.open(
      { id: `${player} loop`, type: 'video', url: files.url('clip.mp4'), loop: true },
      { player },
    )
    const live = await source.waitFor('live', { withinMs: START_WITHIN_MS })
    await sleep(3 * CLIP_SEC * 1000)
    const view = await source.view()
    expect(view.states.map(({ state }) => state)).toEqual(['live'])
    expect(longestPauseMs(view, live.atMs)).toBeLessThan(SEAM_MS)
    expect(view.counters.filter(({ counter }, i) => counter < (view.counters[i - 1]?.counter ?? 0))).not.toEqual([])
    expect(view.muted).toBe(false)
    console.log(`longest pause of a loop: ${longestPauseMs(view, live.atMs)} ms`)
  })

  test.concurrent('ends when it does not loop, and stays ended', async () => {
    await using source = await harness.open(
      { id: `${player} once`, type: 'video', url: files.url('clip.mp4') },
      { player },
    )
    await source.waitFor('ended', { withinMs: START_WITHIN_MS + CLIP_SEC * 1000 })
    await sleep(SLOW_RETRY_MS)
    expect((await source.view()).states.map(({ state }) => state)).toEqual(['live', 'ended'])
  })

  test.concurrent('waits for a file that is not there yet', async () => {
    await rm(join(folder, `${player}-late.mp4`), { force: true })
    await using source = await harness.open(
      { id: `${player} late`, type: 'video', url: files.url(`${player}-late.mp4`) },
      { player },
    )
    await sleep(OUTAGE_MS)
    expect((await source.view()).logs[0]?.message).toContain('HTTP 404')
    await putClip(`${player}-late.mp4`)
    await source.waitFor('live', { withinMs: BACK_WITHIN_MS })
  })

  test.concurrent('says that a file cannot be decoded, and plays it when it is replaced', async () => {
    await writeFile(join(folder, `${player}-broken.mp4`), 'this is no video')
    await using source = await harness.open(
      { id: `${player} broken`, type: 'video', url: files.url(`${player}-broken.mp4`) },
      { player },
    )
    const failed = await source.waitFor('failed', { withinMs: START_WITHIN_MS })
    expect(failed.code).toBe('source.unsupported-media')
    await putClip(`${player}-broken.mp4`)
    await source.waitFor('live', { withinMs: SLOW_RETRY_MS + START_WITHIN_MS })
  })

  test.concurrent('says that nobody answers, once it has waited long enough', async () => {
    await using source = await harness.open(
      { id: `${player} nobody`, type: 'video', url: 'http://127.0.0.1:1/none.mp4' },
      { player },
    )
    const stalled = await source.waitFor('stalled', { withinMs: 10_000 + START_WITHIN_MS })
    expect(stalled.code).toBe('source.unreachable')
    expect((await source.view()).logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test.concurrent('gives everything back when it is removed', async () => {
    const source = await harness.open(
      { id: `${player} removed`, type: 'video', url: files.url('clip.mp4'), loop: true },
      { player },
    )
    await source.waitFor('live', { withinMs: START_WITHIN_MS })
    await source[Symbol.asyncDispose]()
    expect(await source.view()).toMatchObject({ hasMedia: false, attached: false, width: 0 })
  })
})
