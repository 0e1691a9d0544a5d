import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../examples/demo/main.ts', import.meta.url))
const SECONDS = 8
/** A stop ends with a whole segment, and begins at the next look at the recording. */
const TOLERANCE_SEC = 4
/** Of the service's log, shown when the demo fails. */
const LOG_TAIL = 4000

/** Runs the demo in a folder of its own; `interrupt` presses Ctrl-C as soon as the output matches. */
async function runDemo(args: readonly string[], interrupt?: RegExp) {
  const folder = await mkdtemp(join(tmpdir(), 'panorec-demo-run-'))
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  let interrupted = false
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    if (interrupted || !interrupt?.test(output)) return
    interrupted = true
    child.kill('SIGINT')
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const log = await readFile(join(folder, 'data/demo/panorec.log'), 'utf8').catch(() => 'no log')
  const story = `${output}\n${log.slice(-LOG_TAIL)}`
  return { folder, code, output, story, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

describe('npm run demo', () => {
  it('records a class, says how it went, and leaves a recording that is whole', async () => {
    await using demo = await runDemo(['--seconds', String(SECONDS)])
    expect(demo.code, demo.story).toBe(0)
    expect(demo.output).toMatch(/State +completed\n/)
    expect(demo.output).toMatch(/Watch +http:\/\/127\.0\.0\.1:\d+\/#\/recordings\/rec_/)
    for (const label of ['Kofi has a question', 'The theorem of Pythagoras']) {
      expect(demo.output).toMatch(
        new RegExp(`Clip +${label}, [\\d.]+ s\\n +http://127\\.0\\.0\\.1:\\d+/media/.*/clip\\.mp4\\n`),
      )
    }
    const seconds = Number(/Duration +([\d.]+) s/.exec(demo.output)?.[1])
    expect(Math.abs(seconds - SECONDS)).toBeLessThan(TOLERANCE_SEC)
    const recording = /Folder +(\S+)/.exec(demo.output)?.[1] ?? ''
    expect(await readFile(join(demo.folder, recording, 'index.m3u8'), 'utf8')).toContain('#EXT-X-ENDLIST')
  })

  it('stops in order at Ctrl-C and says so to the shell', async () => {
    await using demo = await runDemo(['--seconds', '300'], /^recording .* [1-9]\d* segments/m)
    expect(demo.code, demo.story).toBe(130)
    expect(demo.output).toMatch(/State +completed\n/)
  })

  it('refuses an option that it does not know', async () => {
    await using demo = await runDemo(['--second', '8'])
    expect(demo.code).toBe(1)
    expect(demo.output).toContain('--second')
  })
})
