import { describe, expect, test } from 'vitest'
import { planLevelCap } from '../../recorder-page/sources/hls/hls-level.ts'
import { firstVariant, isLivePlaylist } from '../../recorder-page/sources/hls/hls-probe.ts'
import {
  isRestarted,
  type PlaylistPosition,
  ReplayWatch,
  StuckWatch,
} from '../../recorder-page/sources/hls/hls-watchdog.ts'

const at = (startSn: number, endSn: number, startSec: number | null = null): PlaylistPosition => ({
  level: 0,
  startSn,
  endSn,
  startDateMs: startSec === null ? null : startSec * 1000,
  targetDurationSec: 1,
})

describe('a playlist', () => {
  test.each([
    ['goes on', at(10, 15), at(11, 16), false],
    ['is the same', at(10, 15), at(10, 15), false],
    ['is an old copy', at(10, 15, 10), at(9, 14, 9), false],
    ['is an old copy without dates', at(10, 15), at(8, 13), false],
    ['counts from zero', at(10, 15), at(0, 0), true],
    ['counts from zero soon after its first beginning', at(0, 4, 0), at(0, 0, 20), true],
    ['counts from zero soon after its first beginning, without dates', at(0, 4), at(0, 0), true],
    ['is that of another level', at(10, 15), { ...at(0, 5), level: 1 }, false],
  ])('that %s is told from a restart', (_, previous, next, restarted) => {
    expect(isRestarted(previous, next)).toBe(restarted)
  })

  test('is live when it has segments and no end', () => {
    const live = '#EXTM3U\n#EXTINF:1,\ns1.ts\n'
    expect([live, `${live}#EXT-X-ENDLIST\n`, '#EXTM3U\n', '<html>', ''].map(isLivePlaylist)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })

  test('with variants leads to the first of them', () => {
    const text =
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000\r\n\n# a comment\nlow/live.m3u8?a=1\n#EXT-X-STREAM-INF:X=1\nhigh.m3u8\n'
    expect(firstVariant(text, 'https://example.org/class/main.m3u8')).toBe(
      'https://example.org/class/low/live.m3u8?a=1',
    )
    expect(firstVariant('#EXTM3U\n#EXTINF:1,\ns1.ts\n', 'https://example.org/')).toBeNull()
    expect(firstVariant('#EXTM3U\n#EXT-X-STREAM-INF:X=1\nhttp://[bad/live.m3u8\n', 'https://example.org/')).toBeNull()
  })
})

describe('a watchdog', () => {
  test('notices pictures that are shown again, and then looks from there', () => {
    const watch = new ReplayWatch()
    expect([10_000, 12_000, 11_000, 14_000, 9000, 9200].map((ms) => watch.isReplayed(ms))).toEqual([
      ...[false, false, false, false],
      ...[true, false],
    ])
  })

  test('finds a player stuck when its playlist grows without a picture', () => {
    const watch = new StuckWatch(0)
    for (let nowMs = 1000; nowMs <= 10_000; nowMs += 1000) watch.onPlaylist(nowMs, nowMs / 1000)
    expect(watch.isStuck(10_100, 7000)).toBe(false)
    expect(watch.isStuck(10_100, 9100)).toBe(true)
  })

  test('gives a player time when an encoder goes on after a pause', () => {
    const watch = new StuckWatch(0)
    watch.onPlaylist(1000, 7)
    watch.onPlaylist(13_000, 8)
    expect(watch.isStuck(13_100, 11_000)).toBe(false)
    expect(watch.isStuck(20_900, 19_000)).toBe(false)
  })

  test('does not blame the player for an encoder that hangs or a server that answers with errors', () => {
    const watch = new StuckWatch(0)
    watch.onPlaylist(1000, 7)
    for (let nowMs = 2000; nowMs < 60_000; nowMs += 1000) watch.onPlaylist(nowMs, 7)
    watch.onError(60_000)
    expect(watch.isStuck(61_000, 59_000)).toBe(false)
  })

  test('finds a player stuck that asks for nothing any more', () => {
    const watch = new StuckWatch(0)
    watch.onPlaylist(1000, 7)
    expect(watch.isStuck(15_000, 14_000)).toBe(false)
    expect(watch.isStuck(16_100, 15_100)).toBe(true)
  })
})

describe('the level of a tile', () => {
  const levels = [
    { width: 320, height: 180 },
    { width: 640, height: 360 },
    { width: 640, height: 360 },
    { width: 1280, height: 720 },
  ]
  test.each([
    [{ width: 320, height: 180 }, 0],
    [{ width: 400, height: 225 }, 2],
    [{ width: 640, height: 360 }, 2],
    [{ width: 641, height: 360 }, 3],
    [{ width: 1920, height: 1080 }, -1],
    [null, -1],
  ])('for %o is %i', (tile, cap) => {
    expect(planLevelCap(levels, tile)).toBe(cap)
  })

  test('is not capped when the playlist does not say sizes', () => {
    expect(planLevelCap([{ width: 0, height: 0 }], { width: 320, height: 180 })).toBe(-1)
  })
})
