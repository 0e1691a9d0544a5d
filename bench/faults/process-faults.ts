import type { PanorecProcess } from '../../test/kit/service/panorec-process.ts'
import { findRole, hit, processesOf, type Role } from '../../test/kit/stage/processes.ts'
import { type Fault, type Heal, nothingToMend, type Scene } from './fault.ts'

/** What supervises a service starts it again after a moment. */
const SUPERVISOR_MS = 1_000

const killRole =
  (role: Role) =>
  async ({ stage, recordingId }: Scene): Promise<Heal | undefined> => {
    const found = await findRole(stage.folder, role, recordingId)
    return found.filter(({ pid }) => hit(pid, 'SIGKILL')).length > 0 ? nothingToMend : undefined
  }

/** The program on which the recording runs. */
async function hostOf({ stage, recordingId }: Scene): Promise<PanorecProcess | undefined> {
  const [recorder] = await findRole(stage.folder, 'recorder', recordingId)
  return recorder && (await stage.hostOf(recorder.pid).catch(() => undefined))
}

async function killHost(scene: Scene): Promise<Heal | undefined> {
  const host = await hostOf(scene)
  await host?.end('SIGKILL')
  return host && (() => host.start())
}

/** As a deployment does: it gives its recordings to others, ends by itself, and its next version starts. */
async function drainHost(scene: Scene): Promise<Heal | undefined> {
  const host = await hostOf(scene)
  if (host === undefined) return undefined
  const ended = host.end('SIGTERM')
  return async () => {
    await ended
    await host.start()
  }
}

/** The worker with all that runs below it: what the loss of its machine is for everybody else. */
async function killMachine(scene: Scene): Promise<Heal | undefined> {
  const [recorder] = await findRole(scene.stage.folder, 'recorder', scene.recordingId)
  const host = await hostOf(scene)
  if (recorder === undefined || host === undefined) return undefined
  const below = (await processesOf(scene.stage.folder)).filter(({ command }) => command.includes(scene.recordingId))
  const all = [host.pid, recorder.pid, ...below.map(({ pid }) => pid)]
  for (const pid of all) hit(pid, 'SIGSTOP')
  for (const pid of all) hit(pid, 'SIGKILL')
  await host.end('SIGKILL')
  return () => host.start()
}

/** The service is left with the recordings of both, beyond what it has room for. */
async function loseTwoWorkers({ stage }: Scene): Promise<Heal> {
  const [killed, drained] = ['worker', 'worker-2'].map((name) => stage.program(name))
  await killed?.end('SIGKILL')
  const ended = drained?.end('SIGTERM')
  return async () => {
    await ended
    await Promise.all([killed?.start(), drained?.start()])
  }
}

async function stopRecorder({ stage, recordingId }: Scene): Promise<Heal | undefined> {
  const [recorder] = await findRole(stage.folder, 'recorder', recordingId)
  if (recorder === undefined || !hit(recorder.pid, 'SIGSTOP')) return undefined
  return async () => void hit(recorder.pid, 'SIGCONT')
}

async function stopChrome({ stage, recordingId }: Scene): Promise<Heal | undefined> {
  const [chrome] = await findRole(stage.folder, 'chrome', recordingId)
  if (chrome === undefined) return undefined
  const pages = await findRole(stage.folder, 'renderer', recordingId)
  const stopped = [chrome, ...pages].filter(({ pid }) => hit(pid, 'SIGSTOP'))
  return async () => stopped.forEach(({ pid }) => void hit(pid, 'SIGCONT'))
}

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'page-killed',
    title: 'page process, kill -9',
    shape: 'alone',
    isOfOne: true,
    goOnSec: 3,
    holdMs: 0,
    inject: killRole('renderer'),
  },
  {
    name: 'chrome-killed',
    title: 'Chrome, kill -9',
    shape: 'alone',
    isOfOne: true,
    goOnSec: 3,
    holdMs: 0,
    inject: killRole('chrome'),
  },
  {
    name: 'recorder-killed',
    title: 'recorder, kill -9',
    shape: 'alone',
    isOfOne: true,
    goOnSec: 5,
    holdMs: 0,
    inject: killRole('recorder'),
  },
  {
    name: 'service-killed',
    title: 'service with the embedded database, kill -9, started again after 1 s',
    shape: 'alone',
    goOnSec: 20,
    holdMs: SUPERVISOR_MS,
    inject: killHost,
  },
  {
    name: 'service-machine-killed',
    title: 'service, recorder and Chrome at once, kill -9, started again after 1 s',
    shape: 'alone',
    goOnSec: 20,
    holdMs: SUPERVISOR_MS,
    inject: killMachine,
  },
  {
    name: 'chrome-stopped',
    title: 'Chrome and its page stopped for 20 s (SIGSTOP)',
    shape: 'alone',
    isOfOne: true,
    goOnSec: 5,
    holdMs: 20_000,
    inject: stopChrome,
  },
  {
    name: 'recorder-stopped',
    title: 'recorder stopped for 30 s (SIGSTOP)',
    shape: 'alone',
    isOfOne: true,
    goOnSec: 5,
    holdMs: 30_000,
    inject: stopRecorder,
  },
  {
    name: 'worker-killed',
    title: 'worker, kill -9; another one takes over',
    shape: 'shared',
    goOnSec: 20,
    needsDatabase: true,
    holdMs: 30_000,
    inject: killHost,
  },
  {
    name: 'worker-drained',
    title: 'worker, SIGTERM as in a deployment; another one takes over, and it starts again',
    shape: 'shared',
    goOnSec: 0,
    holdMs: 30_000,
    inject: drainHost,
  },
  {
    name: 'machine-killed',
    title: 'worker, recorder and Chrome at once, kill -9: a machine lost; another one takes over',
    shape: 'shared',
    goOnSec: 20,
    needsDatabase: true,
    holdMs: 30_000,
    inject: killMachine,
  },
  {
    name: 'workers-lost',
    title: 'six recordings on three workers, one of which is killed and one drained: the third goes on with all',
    shape: 'many',
    others: 5,
    goOnSec: 20,
    holdMs: 30_000,
    inject: loseTwoWorkers,
  },
  {
    name: 'recorder-killed-shared',
    title: 'recorder, kill -9 (Postgres, S3)',
    shape: 'shared',
    isOfOne: true,
    goOnSec: 5,
    holdMs: 0,
    inject: killRole('recorder'),
  },
]
