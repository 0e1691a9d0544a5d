import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { untilClean } from '../../bench/faults/run-fault.ts'
import { Session } from '../../bench/faults/session.ts'
import { cacheDir, cached, FileServer, runFfmpeg } from '../kit/index.ts'
import { Stage } from '../kit/stage/stage.ts'
import { holesOf, lengthSec, readRecording } from '../kit/watch/holes.ts'

const RECORDINGS = 6
/** Six browsers share the machine with their workers, a database and a store: they record little pictures. */
const FPS = 10
const LEAD_SEGMENTS = 2
/** Takeover by heartbeat is promised within 20 s of a quiet machine, and up to one segment is lost. */
const LOST_MAX_SEC = 60
const TEST_TIMEOUT_MS = 480_000

/** A film that costs next to nothing to decode. */
async function serveTiny() {
  const film = await cached('tiny.mp4', (path) =>
    runFfmpeg([
      ...[
        '-f',
        'lavfi',
        '-i',
        `testsrc=size=160x90:rate=${FPS}:duration=20`,
        '-f',
        'lavfi',
        '-i',
        'anullsrc',
        '-shortest',
      ],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-y', path],
    ]),
  )
  const server = await FileServer.start(cacheDir())
  const source = { id: 'tiny', type: 'video', url: server.url(basename(film)), loop: true } as const
  return { source, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test(
  'six recordings on three workers are completed though one worker is killed and one is drained',
  async () => {
    await using tiny = await serveTiny()
    await using stage = await Stage.open({ shape: 'many', sources: 0, seconds: 0 })
    await using sessions = new AsyncDisposableStack()
    const all: Session[] = []
    for (let i = 0; i < RECORDINGS; i += 1)
      all.push(sessions.use(await Session.start(stage, { fps: FPS, sources: [tiny.source] })))
    await Promise.all(all.map((session) => session.recorded(LEAD_SEGMENTS)))
    const hosts = await Promise.all(all.map((session) => session.hostName()))
    expect(hosts.toSorted()).toEqual(['service', 'service', 'worker', 'worker', 'worker-2', 'worker-2'])

    await stage.program('worker').end('SIGKILL')
    await stage.program('worker-2').end('SIGTERM')
    const nowMs = Date.now()
    await Promise.all(all.map((session) => session.recovered(nowMs)))
    expect(new Set(await Promise.all(all.map((session) => session.hostName())))).toEqual(new Set(['service']))

    const ends = await Promise.all(all.map((session) => session.stop()))
    await sessions.disposeAsync()
    for (const [i, { recording }] of ends.entries()) {
      expect(recording).toMatchObject({ state: 'completed', error: null })
      expect(recording.takes.length > 1).toBe(hosts[i] !== 'service')
      const session = all[i] ?? expect.unreachable()
      const { pictures, faults } = await readRecording(session.call.indexUrl, stage.live.patterns, stage.folder)
      expect([...session.watch.faults, ...faults]).toEqual([])
      expect(lengthSec(holesOf(pictures))).toBeLessThan(LOST_MAX_SEC)
    }
    expect(await untilClean(stage)).toEqual([])
  },
  TEST_TIMEOUT_MS,
)
