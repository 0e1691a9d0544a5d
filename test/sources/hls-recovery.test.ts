import { describe, expect, test } from 'vitest'
import { HlsOutage } from '../../recorder-page/sources/hls/hls-outage.ts'
import { type HlsFault, planHlsRetry, type RecoveryHistory } from '../../recorder-page/sources/hls/hls-recovery.ts'

const fresh: RecoveryHistory = { nowMs: 0, outageSinceMs: 0, mediaRecoveries: 0 }
const network = (details: string, status = 0, fatal = true): HlsFault => ({
  type: 'network',
  details,
  fatal,
  status,
  message: details,
})
const media = (details: string): HlsFault => ({ type: 'media', details, fatal: true, status: 0, message: details })

describe('the recovery of an HLS source', () => {
  test('leaves alone what is not fatal', () => {
    expect(planHlsRetry(network('levelLoadError', 404, false), fresh).action).toBe('none')
  })

  test.each([
    ['levelLoadError', 'start-load'],
    ['levelLoadTimeOut', 'start-load'],
    ['fragLoadError', 'start-load'],
    ['manifestLoadError', 'load-source'],
    ['manifestLoadTimeOut', 'load-source'],
    ['manifestParsingError', 'load-source'],
  ])('answers a fatal %s by %s after a second', (details, action) => {
    expect(planHlsRetry(network(details), fresh)).toMatchObject({ action, afterMs: 1000 })
  })

  test('asks less often in the sixth minute of an outage, and is back within 5 s all the same', () => {
    const { afterMs } = planHlsRetry(network('levelLoadError', 404), { ...fresh, nowMs: 360_000 })
    expect(afterMs).toBeGreaterThan(1000)
    expect(afterMs).toBeLessThan(5000)
  })

  test('gives the decoder fresh buffers twice, then opens the player anew', () => {
    const actions = [0, 1, 2, 3].map(
      (mediaRecoveries) => planHlsRetry(media('fragParsingError'), { ...fresh, mediaRecoveries }).action,
    )
    expect(actions).toEqual(['recover-media', 'recover-media', 'rebuild', 'rebuild'])
  })

  test.each(['manifestIncompatibleCodecsError', 'bufferAddCodecError', 'bufferIncompatibleCodecsError'])(
    'calls %s unsupported and tries again after ten seconds',
    (details) => {
      const recovery = planHlsRetry(media(details), fresh)
      expect(recovery).toMatchObject({ action: 'rebuild', afterMs: 10_000 })
      expect(recovery.error.code).toBe('source.unsupported-media')
    },
  )

  test('calls a protected stream unsupported', () => {
    const fault: HlsFault = { ...media('keySystemNoKeys'), type: 'key-system' }
    expect(planHlsRetry(fault, fresh).error.code).toBe('source.unsupported-media')
  })

  test.each([
    [401, 'source.refused', 10_000],
    [403, 'source.refused', 10_000],
    [404, 'source.unreachable', 1000],
    [503, 'source.unreachable', 1000],
    [0, 'source.unreachable', 1000],
    [200, 'source.unreachable', 1000],
  ])('calls a playlist answered with %i %s', (status, code, afterMs) => {
    const recovery = planHlsRetry(network('manifestLoadError', status), fresh)
    expect([recovery.error.code, recovery.afterMs]).toEqual([code, afterMs])
  })
})

describe('an outage', () => {
  test('begins with its first error and is forgotten after ten seconds of pictures', () => {
    const outage = new HlsOutage()
    expect(outage.history(1000).outageSinceMs).toBe(1000)
    outage.countMediaRecovery()
    outage.onFrames(3000, 0)
    outage.onFrames(12_000, 0)
    expect(outage.history(12_500)).toEqual({ nowMs: 12_500, outageSinceMs: 1000, mediaRecoveries: 1 })
    outage.onFrames(13_000, 0)
    expect(outage.history(20_000)).toEqual({ nowMs: 20_000, outageSinceMs: 20_000, mediaRecoveries: 0 })
  })

  test('goes on when pictures stop in between', () => {
    const outage = new HlsOutage()
    outage.history(0)
    outage.onFrames(1000, 0)
    outage.onFrames(9000, 2000)
    outage.onFrames(9200, 0)
    outage.onFrames(15_000, 0)
    expect(outage.history(15_000).outageSinceMs).toBe(0)
  })
})
