import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readProcessTree } from '../../src/machine/process-tree.ts'
import { finalizeRecording } from '../../src/recovery/index.ts'
import { openStore } from '../../src/store/index.ts'
import { buildFixturePage } from '../recorder/fixture-page.ts'
import { buildRequest, makeFolders } from '../recorder/recorder-run.ts'
import { checkRecording } from '../recorder/recording-check.ts'

const TEST_TIMEOUT_MS = 60_000
/** Chrome ends by itself when the pipe to its recorder breaks. */
const CHROME_GONE_MS = 5_000

test(
  'closes what a killed recorder left, and its Chrome is gone too',
  async () => {
    await using page = await buildFixturePage()
    await using folders = await makeFolders()
    const request = buildRequest(folders)
    const script = fileURLToPath(new URL('./doomed-recorder.ts', import.meta.url))
    const child = spawn(process.execPath, [script, JSON.stringify([request, page.path])], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // What it leaves there goes with the folder.
      env: { ...process.env, TMPDIR: dirname(folders.storePath) },
    })
    const exited = once(child, 'exit')
    for await (const line of createInterface({ input: child.stdout })) if (line === '3') break
    const tree = readProcessTree(child.pid ?? 0).map(({ pid }) => pid)
    child.kill('SIGKILL')
    await exited

    const store = await openStore(request.store)
    const finalized = await finalizeRecording(store, request.recordingId)
    expect(finalized).toMatchObject({ durationSec: finalized.segments, segments: expect.any(Number) })
    expect(finalized.segments).toBeGreaterThanOrEqual(3)
    expect(await finalizeRecording(store, request.recordingId)).toEqual(finalized)
    const { index, live, warnings, manifest } = await checkRecording(join(folders.storePath, request.recordingId))
    expect([index.endlist, live.endlist, warnings, index.segments.length]).toEqual([true, true, '', finalized.segments])
    const error = { code: 'recorder.lost' }
    expect(manifest).toMatchObject({
      state: 'failed',
      error,
      takes: [{ number: 1, segments: finalized.segments, error }],
    })
    await allGone(tree)
  },
  TEST_TIMEOUT_MS,
)

test('finds nothing to close of a recording that stored nothing', async () => {
  await using folders = await makeFolders()
  const store = await openStore({ kind: 'fs', path: folders.storePath })
  expect(await finalizeRecording(store, 'rec_none')).toEqual({ durationSec: 0, segments: 0, takes: [] })
})

async function allGone(pids: readonly number[]): Promise<void> {
  const deadlineMs = performance.now() + CHROME_GONE_MS
  const alive = () => pids.flatMap(readProcessTree)
  while (alive().length > 0 && performance.now() < deadlineMs) await sleep(50)
  expect(alive()).toEqual([])
}
