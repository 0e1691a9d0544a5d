import { describe, expect, test } from 'vitest'
import { assertNothingLeft, takeStock } from '../service/leaks.ts'
import { HlsServer } from './hls-server.ts'

async function read(url: string): Promise<string> {
  return await (await fetch(url)).text()
}

describe('the live HLS server of the kit', () => {
  test('serves a rolling playlist, fails on demand, and leaves nothing', async () => {
    const before = await takeStock()
    {
      await using server = await (await HlsServer.start()).ready(2)
      expect(await read(server.url)).toContain('s00001.ts')
      server.setFault({ kind: 'status', status: 503 })
      expect((await fetch(server.url)).status).toBe(503)
      server.setFault({ kind: 'reset' })
      await expect(fetch(server.url)).rejects.toThrow()
      server.setFault({ kind: 'garbage', on: 'segments' })
      expect(await read(server.url)).toContain('#EXTINF')
      expect((await read(new URL('s00000.ts', server.url).href)).startsWith('UUUU')).toBe(true)
      server.setFault(null)
      await server.finish()
      expect(await read(server.url)).toContain('#EXT-X-ENDLIST')
      await server.restart('append')
      expect(await read(server.url)).toMatch(/#EXT-X-DISCONTINUITY\n(?!.*ENDLIST)/)
      await server.restart('fresh')
      expect(await read(server.url)).toContain('#EXT-X-MEDIA-SEQUENCE:0')
    }
    await assertNothingLeft(before)
  }, 30_000)

  test('a child that is left running is noticed, by name', async () => {
    const before = await takeStock()
    await using _server = await HlsServer.start()
    await expect(assertNothingLeft(before, { graceMs: 500 })).rejects.toThrow(/process \d+ ffmpeg/)
  }, 30_000)
})
