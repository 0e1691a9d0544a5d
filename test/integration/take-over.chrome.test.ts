import { expect, test } from 'vitest'
import { judgeFault } from '../../bench/faults/judge-fault.ts'
import { faultNamed } from '../../bench/faults/list.ts'
import { measureFault } from '../../bench/faults/measure-fault.ts'
import { untilClean } from '../../bench/faults/run-fault.ts'
import { Session } from '../../bench/faults/session.ts'
import { Stage } from '../kit/stage/stage.ts'
import { readRecording } from '../kit/watch/holes.ts'

/** Longer than the test on a slow machine. */
const SOURCE_SEC = 180
const LEAD_SEGMENTS = 2

/** The machine that is lost is that of the lone worker: the service goes on to answer. */
async function startOnWorker(stage: Stage): Promise<Session> {
  for (;;) {
    const session = await Session.start(stage)
    if ((await session.hostName()) === 'worker') return session
    await session.stop()
    await session[Symbol.asyncDispose]()
  }
}

test('a recording goes on at another worker within 20 s when the machine of its own is lost, and loses one segment of before', async () => {
  await using stage = await Stage.open({ shape: 'shared', sources: 1, seconds: SOURCE_SEC })
  await using session = await startOnWorker(stage)
  await session.recorded(LEAD_SEGMENTS)
  const fault = faultNamed('machine-killed')
  const heal = await fault.inject({ stage, recordingId: session.call.id })
  const struckAtMs = Date.now()
  await session.call.until('its next take', ({ state, takes }) => state === 'recording' && takes.length === 2)
  expect(await session.hostName()).toBe('service')
  await heal?.()
  const healedAtMs = Date.now()
  await session.recovered(healedAtMs)
  const { recording, askedAtMs } = await session.stop()
  await session[Symbol.asyncDispose]()
  expect(recording.takes.map(({ error }) => error?.code)).toEqual(['recorder.lost', undefined])

  const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
  const aftermath = {
    playlistFaults: [...session.watch.faults, ...faults],
    state: recording.state,
    left: await untilClean(stage),
    endLossSec: (askedAtMs - (pictures.at(-1)?.wallMs ?? 0)) / 1000,
    mayDouble: false,
  }
  expect(judgeFault(measureFault(pictures, { struckAtMs, healedAtMs }), fault, aftermath)).toEqual([])
})
