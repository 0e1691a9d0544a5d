import { join } from 'node:path'
import { delay } from '../../src/timing/index.ts'
import { PanorecProcess } from '../../test/kit/service/panorec-process.ts'
import { RecordingCall } from '../../test/kit/service/recording-call.ts'
import { testSettings } from '../../test/kit/service/test-settings.ts'
import { measureWay, PICTURE, SETTLE_MS, type Way } from './way.ts'

/** The product as it is started by its users, with some settings of its own. */
export function thisRecorder(name: string, settings: Readonly<Record<string, string>> = {}): Way {
  return {
    name,
    async record({ urls, seconds }, dir) {
      await using service = await PanorecProcess.start({ settings: { ...testSettings(dir), ...settings } })
      const call = await RecordingCall.post(service.url, {
        sources: urls.map((url, i) => ({ id: `source-${i}`, type: 'hls', url })),
        layout: { name: 'grid' },
        video: { width: PICTURE.width, height: PICTURE.height, fps: PICTURE.fps, bitrateKbps: PICTURE.kbps },
      })
      await call.running()
      await delay(SETTLE_MS)
      const costOf = await measureWay(seconds, ({ pid }) => (pid === service.pid ? 'service' : 'recorder'))
      await call.stop()
      const path = join(dir, 'recordings', call.id, 'index.m3u8')
      return { cost: costOf('recorder'), service: costOf('service'), path }
    },
  }
}
