import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { delay } from '../../src/timing/index.ts'
import { PanorecProcess } from '../../test/kit/service/panorec-process.ts'
import { RecordingCall } from '../../test/kit/service/recording-call.ts'
import { testSettings } from '../../test/kit/service/test-settings.ts'
import { type CostClass, measureWay, PICTURE, type Recorded, SETTLE_MS, type Way } from './way.ts'

/** The product as it is started by its users, with some settings of its own. */
export function thisRecorder(name: string, settings: Readonly<Record<string, string>> = {}): Way {
  return { name, record: (given) => record(given, settings) }
}

async function record(
  given: CostClass,
  settings: Readonly<Record<string, string>>,
): Promise<Recorded & AsyncDisposable> {
  await using undo = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'panorec-cost-'))
  undo.defer(() => rm(dataDir, { recursive: true, force: true }))
  await using service = await PanorecProcess.start({ settings: { ...testSettings(dataDir), ...settings } })
  const call = await RecordingCall.post(service.url, {
    sources: given.urls.map((url, i) => ({ id: `source-${i}`, type: 'hls', url })),
    layout: { name: 'grid' },
    video: { width: PICTURE.width, height: PICTURE.height, fps: PICTURE.fps, bitrateKbps: PICTURE.kbps },
  })
  await call.running()
  await delay(SETTLE_MS)
  const costOf = await measureWay(given.seconds, ({ pid }) => (pid === service.pid ? 'service' : 'recorder'))
  await call.stop()
  const path = join(dataDir, 'recordings', call.id, 'index.m3u8')
  const kept = undo.move()
  return {
    cost: costOf('recorder'),
    service: costOf('service'),
    path,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
