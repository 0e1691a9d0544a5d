import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import { decodePictures } from '../kit/index.ts'
import { checkRecording } from '../recorder/recording-check.ts'
import { prepareDemoFilms } from './films.ts'

const MAIN = fileURLToPath(new URL('../../examples/demo/main.ts', import.meta.url))
const SECONDS = 8
const FPS = 25
/** A stop ends with a whole segment, and begins at the next look at the recording. */
const TOLERANCE_SEC = 4
/** Its films are there; what it starts takes its time on a busy machine. */
const RECORDED = { timeout: 60_000, interval: 200 }
/** Of the service's log, shown when the demo fails. */
const LOG_TAIL = 4000

let films: string
beforeAll(async () => {
  films = (await prepareDemoFilms()).folder
})

interface DemoChild {
  readonly process: ChildProcess
  /** What it has written so far. */
  output(): string
}

/** Runs the demo in a folder of its own, beside what `meanwhile` does to it. */
async function runDemo(args: readonly string[], meanwhile?: (demo: DemoChild) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-demo-run-'))
  await cp(films, join(folder, 'data/demo/films'), { recursive: true })
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await meanwhile?.({ process: child, output: () => output }).catch((error: unknown) => {
    child.kill()
    throw error
  })
  const code = await ended
  const log = await readFile(join(folder, 'data/demo/panorec.log'), 'utf8').catch(() => 'no log')
  const story = `${output}\n${log.slice(-LOG_TAIL)}`
  const recording = join(folder, /Folder +(\S+)/.exec(output)?.[1] ?? '')
  return {
    recording,
    code,
    output,
    story,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Presses Ctrl-C as soon as something is recorded. */
async function interrupt({ process, output }: DemoChild): Promise<void> {
  const recordedSec = async () => {
    const consoleUrl = /^Console: (\S+)/m.exec(output())?.[1]
    if (consoleUrl === undefined) return 0
    const { recordings } = createClient({ baseUrl: consoleUrl })
    return (await recordings.list()).items[0]?.durationSec ?? 0
  }
  await expect.poll(recordedSec, RECORDED).toBeGreaterThan(0)
  process.kill('SIGINT')
}

/** From the first picture to the end of the last one. */
function spanSec(ptsSec: readonly number[]): number {
  return (ptsSec.at(-1) ?? Number.NaN) - (ptsSec[0] ?? 0) + 1 / FPS
}

describe('npm run demo', () => {
  it('records a class, says how it went, and leaves a recording and clips that decode whole', async () => {
    await using demo = await runDemo(['--seconds', String(SECONDS)])
    expect(demo.code, demo.story).toBe(0)
    expect(demo.output).toMatch(/State +completed\n/)
    expect(demo.output).toMatch(/Watch +http:\/\/127\.0\.0\.1:\d+\/#\/recordings\/rec_/)
    const clips = new Map<string, number>()
    for (const label of ['Kofi has a question', 'The theorem of Pythagoras']) {
      const said = new RegExp(
        `Clip +${label}, ([\\d.]+) s\\n +http://127\\.0\\.0\\.1:\\d+/media/.*/(hl_\\w+)/clip\\.mp4\\n`,
      )
      expect(demo.output).toMatch(said)
      const [, seconds = '', id = ''] = said.exec(demo.output) ?? []
      clips.set(id, Number(seconds))
    }
    const seconds = Number(/Duration +([\d.]+) s/.exec(demo.output)?.[1])
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(TOLERANCE_SEC)

    const { index, warnings, pictures } = await checkRecording(demo.recording)
    expect(warnings).toBe('')
    expect(index.endlist).toBe(true)
    // A busy machine drops pictures, and the demo says how many.
    expect(spanSec(pictures.flat())).toBeCloseTo(seconds, 1)
    const recorded = Number(/Frames +(\d+)/.exec(demo.output)?.[1])
    expect(recorded).toBeGreaterThan(0)
    expect(pictures.flat().length).toBeGreaterThanOrEqual(recorded)
    expect((await readdir(join(demo.recording, 'highlights'))).sort()).toEqual([...clips.keys()].sort())
    for (const [id, clipSec] of clips) {
      const input = join(demo.recording, 'highlights', id, 'clip.mp4')
      const { items, complaints } = await decodePictures(input, { width: 1280, height: 720 }, meanLuma)
      expect(complaints).toEqual([])
      expect(spanSec(items.map(({ ptsSec }) => ptsSec))).toBeCloseTo(clipSec, 1)
      // A class in light colours: a black picture is none of it.
      for (const { value } of items) expect(value).toBeGreaterThan(BLACK)
    }
  })

  it('stops in order at Ctrl-C and says so to the shell', async () => {
    await using demo = await runDemo(['--seconds', '300'], interrupt)
    expect(demo.code, demo.story).toBe(130)
    expect(demo.output).toMatch(/State +completed\n/)
    const { index, warnings } = await checkRecording(demo.recording)
    expect([index.endlist, warnings]).toEqual([true, ''])
  })

  it('refuses an option that it does not know', async () => {
    await using demo = await runDemo(['--second', '8'])
    expect(demo.code).toBe(1)
    expect(demo.output).toContain('--second')
  })
})

/** Limited range: black is 16. */
const BLACK = 20
/** So many bytes apart is enough to know a picture's light. */
const SPARSE = 97

function meanLuma({ data, width, height }: { data: Uint8Array; width: number; height: number }): number {
  let sum = 0
  let count = 0
  for (let at = 0; at < width * height; at += SPARSE, count++) sum += data[at] ?? 0
  return sum / count
}
