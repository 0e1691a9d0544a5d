import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { readProcessTree } from '../../../src/machine/process-tree.ts'
import type { CompositorKind, RecorderEvent } from '../../../src/protocol/index.ts'
import { cacheDir, cached, FileServer, runFfmpeg } from '../../kit/index.ts'
import { breakPage, type PageFault } from '../broken-page.ts'
import { buildRequest, makeFolders, REAL_PAGE, startRecorder } from '../recorder-run.ts'

const TEST_TIMEOUT_MS = 120_000
/** Two seconds without a picture, one look of the watchdog, and what a shared machine adds. */
const NOTICED_WITHIN_MS = 6_000
/** Faults count seconds: twice as many as they need. */
const HEALTHY_MS = 10_000
/** Pictures are judged once a second, however many there are. */
const VIDEO = { width: 320, height: 180, fps: 10, bitrateKbps: 200 }

afterEach(() => void vi.unstubAllEnvs())

/** A clip that moves everywhere and sounds all the time. */
async function serveLively() {
  const clip = await cached('lively.mp4', async (path) => {
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=8']
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=8']
    await runFfmpeg([
      ...picture,
      ...sound,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-y',
      path,
    ])
  })
  const server = await FileServer.start(cacheDir())
  const source = { id: 'amy', type: 'video', url: server.url(basename(clip)), loop: true } as const
  return { source, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

function warningsOf(events: readonly RecorderEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'warning' ? [event.error.code] : []))
}

test.concurrent.each<[PageFault, string, CompositorKind]>([
  ['frozen', 'picture.frozen', 'planar'],
  ['black', 'picture.black', 'planar'],
  ['black', 'picture.black', 'canvas'],
  ['silent', 'sound.silent', 'planar'],
])(
  'tells that the output is %s, and the take goes on: %s, %s',
  async (fault, code, compositor) => {
    await using folders = await makeFolders()
    await using class_ = await serveLively()
    await using page = await breakPage(fault)
    const run = startRecorder(buildRequest(folders, { sources: [class_.source], compositor, video: VIDEO }), page.path)
    await run.event('warning')
    expect(warningsOf(run.events)).toEqual([code])
    await run.order({ type: 'stop' })
    expect(await run.done).toMatchObject({ reason: 'stopped', error: null })
  },
  TEST_TIMEOUT_MS,
)

test(
  'says nothing about a class that is as it should be, then ends the take when Chrome stands',
  async () => {
    await using folders = await makeFolders()
    // A Chrome that is killed while it stands leaves its temporary folder; a worker gives each take one that it removes.
    vi.stubEnv('TMPDIR', dirname(folders.storePath))
    await using class_ = await serveLively()
    const muted = { ...class_.source, id: 'ben', muted: true }
    const run = startRecorder(buildRequest(folders, { sources: [class_.source, muted], video: VIDEO }), REAL_PAGE)
    await run.event('started')
    await sleep(HEALTHY_MS)
    expect(warningsOf(run.events)).toEqual([])
    const [, ...chrome] = readProcessTree(process.pid)
    for (const { pid } of chrome) process.kill(pid, 'SIGSTOP')
    const stoppedAtMs = performance.now()
    const failing = await run.event('failing')
    expect(failing.error.code).toBe('page.no-packets')
    expect(performance.now() - stoppedAtMs).toBeLessThan(NOTICED_WITHIN_MS)
    expect(await run.done).toMatchObject({ reason: 'failed', error: { code: 'page.no-packets' } })
    // Killed processes are gone a moment later.
    await expect.poll(() => readProcessTree(process.pid).length, { timeout: 5000 }).toBe(1)
  },
  TEST_TIMEOUT_MS,
)
