import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSegments } from '../../src/archive/index.ts'
import { createFinalizer } from '../../src/recovery/create-finalizer.ts'
import { aboutTake, BEGAN_AT_MS, ID, openRoom, openSpool, spoolSegment, startTake } from './segments/uploads.ts'

const END = { state: 'completed' as const, error: null }
const atSec = (sec: number): number => BEGAN_AT_MS + sec * 1000

/** Host A records from 0 s on and is cut off after 10 s; host B takes over at 30 s by its own clock, A still records. */
async function recordOnTwoHosts(bAtSec: number) {
  const room = await openRoom()
  const [a, b] = ['a', 'b'].map((host) => join(room.path, host)) as [string, string]
  {
    await using spool = await openSpool(a, aboutTake(1))
    const take = startTake({ ...room, spoolDir: a, spool, take: 1 })
    for (let n = 0; n < 5; n += 1) take.add(await spoolSegment(spool, 1, n, atSec(2 * n)))
    await take.finish({ ended: false, deadline: AbortSignal.timeout(10_000) })
    for (let n = 5; n < 40; n += 1) await spoolSegment(spool, 1, n, atSec(2 * n))
  }
  {
    await using spool = await openSpool(b, aboutTake(2))
    const take = startTake({ ...room, spoolDir: b, spool, take: 2 })
    for (let n = 0; n < 5; n += 1) take.add(await spoolSegment(spool, 2, n, atSec(bAtSec + 2 * n)))
    await take.finish({ ended: true, deadline: AbortSignal.timeout(10_000) })
  }
  await createFinalizer(room.store, b).finalize(ID, END)
  await createFinalizer(room.store, a).finalize(ID, END)
  const segments = (await loadSegments(room.store, ID))?.segments ?? []
  const ofTake = (take: number): number => segments.filter((segment) => segment.take === take).length
  return { ...room, takes: [ofTake(1), ofTake(2)] }
}

test.concurrent('what an overtaken host recorded beside the next take is left out, what it recorded before is not', async () => {
  await using room = await recordOnTwoHosts(29)
  expect(room.takes).toEqual([15, 5])
})

test.concurrent('a clock that was set back between two takes costs no media', async () => {
  await using room = await recordOnTwoHosts(-3600)
  expect(room.takes).toEqual([40, 5])
})

test.concurrent('a take drops what one that was still at work when it began has recorded since, of a dead one nothing', async () => {
  for (const [takes, expected] of [
    [[1], ['takes/1/0.ts', 'takes/1/1.ts', 'takes/2/0.ts']],
    [[], ['takes/1/0.ts', 'takes/1/1.ts', 'takes/1/2.ts', 'takes/1/3.ts', 'takes/2/0.ts']],
  ] as const) {
    await using room = await openRoom()
    {
      await using old = await openSpool(room.spoolDir, aboutTake(1))
      for (let n = 0; n < 4; n += 1) await spoolSegment(old, 1, n, atSec(2 * n))
    }
    await using spool = await openSpool(room.spoolDir, aboutTake(2))
    const overlap = { takes: new Set<number>(takes), beganAtMs: atSec(3) }
    const take = startTake({ ...room, spool, take: 2, overlap })
    take.add(await spoolSegment(spool, 2, 0, atSec(3)))
    await take.finish({ ended: true, deadline: AbortSignal.timeout(10_000) })
    expect((await loadSegments(room.store, ID))?.segments.map(({ uri }) => uri)).toEqual(expected)
  }
})
