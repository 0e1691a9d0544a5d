import { expect, test } from 'vitest'
import { startScriptedService } from '../bin/scripted-service.ts'

/** Two starts of a process, on a machine that does other things too. */
const PATIENCE = { timeout: 15_000 }

test('the cuts that a highlight waits for are asked of the next take too', async () => {
  await using service = await startScriptedService()
  const { id } = await service.start({ metadata: { play: 'zombie', takes: '1' } }, 'recording')
  const atMs = Date.now() + 60_000
  const body = { at: new Date(atMs).toISOString(), postSec: 30 }
  expect((await service.call('POST', `/v1/recordings/${id}/highlights`, body)).status).toBe(201)
  const cutsOf = (take: number) =>
    service.log
      .map((line) => JSON.parse(line))
      .filter((line) => line.recordingId === id && line.take === take && line.msg?.startsWith('cut '))
      .map(({ msg }) => msg)
  const cuts = [`cut ${atMs}`, `cut ${atMs + 30_000}`]
  await expect.poll(() => cutsOf(1), PATIENCE).toEqual(cuts)
  await service.call('PUT', `/v1/recordings/${id}/layout`, { name: 'grid' })
  await expect.poll(() => cutsOf(2), PATIENCE).toEqual(cuts)
  await service.call('POST', `/v1/recordings/${id}/stop`)
  await service.reaches(id, 'completed')
}, 40_000)
