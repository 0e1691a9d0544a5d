import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A folder that `RecorderIo.pageDir` may name: the fixture page, its packet writer, and a tone as AAC. */
export async function buildFixturePage(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'panorec-page-'))
  await cp(fileURLToPath(new URL('./fixture-page', import.meta.url)), path, { recursive: true })
  const packets = await readFile(new URL('../../src/protocol/packets.ts', import.meta.url), 'utf8')
  await writeFile(join(path, 'packets.js'), stripTypeScriptTypes(packets))
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=4', '-ac', '2', '-c:a', 'aac']
  await run('ffmpeg', ['-v', 'error', ...tone, join(path, 'tone.aac')])
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
