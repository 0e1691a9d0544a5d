import { expect } from 'vitest'
import type { RecorderRequest } from '../../src/protocol/index.ts'
import { planSwitchTime } from '../../src/recording/index.ts'
import type { Film } from '../kit/index.ts'
import { REAL_PAGE, type RecorderRun, startRecorder } from './recorder-run.ts'

/** Both pages know the switch time before it comes. */
const NOTICE_MS = 1000

export interface HandedOver {
  readonly run: RecorderRun
  readonly atMs: number
  /** The sources whose players have found their places. */
  readonly inStep: ReadonlySet<string>
}

/** Starts the next take beside the running one, brings it in step and has it take over, as a worker does. */
export async function handOver(old: RecorderRun): Promise<HandedOver> {
  const { takeEpochMs } = await old.event('started')
  await old.order({ type: 'handover.freeze-pacing', isFrozen: true })
  const { clock } = await old.event('positions')
  const next: RecorderRequest = { ...old.request, take: old.request.take + 1, handover: { clock, takeEpochMs } }
  const run = startRecorder(next, REAL_PAGE)
  let isReady = false
  const ready = run.event('ready').finally(() => {
    isReady = true
  })
  for (let told = 1; !isReady; told += 1) {
    const { positions } = await Promise.race([old.event('positions', told), ready.then(() => ({ positions: [] }))])
    await run.order({ type: 'handover.positions', positions })
  }
  const { sources } = await ready
  const inStep = new Set(sources.filter((source) => source.inStep).map(({ sourceId }) => sourceId))
  const atMs = planSwitchTime({ takeEpochMs, fps: next.video.fps }, Date.now() + NOTICE_MS)
  await Promise.all([
    run.order({ type: 'handover.begin', atMs, maxDurationSec: 600 }),
    old.order({ type: 'handover.end', atMs }),
  ])
  expect(await run.event('started')).toMatchObject({ takeEpochMs: atMs })
  expect(await old.done).toMatchObject({ reason: 'handed-over', error: null })
  return { run, atMs, inStep }
}

/** By how many frames a source goes on elsewhere than it should behind the picture of this index: 0 when none is lost or doubled. */
export function slipAt(film: Film, source: number, border: number, around: number): number {
  const lead = (from: number, to: number): number =>
    median(
      film.pictures.slice(from, to).flatMap(({ value }, i) => {
        const counter = value.sources[source]?.counter
        return counter === undefined ? [] : [counter - from - i]
      }),
    )
  return lead(border, border + around) - lead(border - around, border)
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}
