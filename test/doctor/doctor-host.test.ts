import { describe, expect, it } from 'vitest'
import { judgeCores, judgeSpace } from '../../src/doctor/doctor-host.ts'
import { MEASURED_COST } from '../../src/protocol/index.ts'

describe('judgeCores', () => {
  it('is content with what the measured cost of a recording lets run', () => {
    expect(judgeCores(2, 2).verdict).toBe('good')
    expect(judgeCores(8, 8).verdict).toBe('good')
    expect(judgeCores(1, 1).verdict).toBe('good')
  })

  it('says how many fit when there are more', () => {
    const fit = Math.floor(2 / MEASURED_COST.cpuCores)
    expect(judgeCores(2, fit).verdict).toBe('good')
    expect(judgeCores(2, fit + 1)).toEqual({
      verdict: 'warning',
      found: `2, for at most ${fit + 1} recordings at once`,
      advice: `Set PANOREC_MAX_RECORDINGS to ${fit} or less, or pictures will be dropped.`,
    })
  })
})

describe('judgeSpace', () => {
  it.each([
    [100e9, 'good'],
    [10e9, 'warning'],
    [1e9, 'bad'],
  ])('%d bytes free are %s', (bytes, verdict) => {
    expect(judgeSpace('/data', bytes).verdict).toBe(verdict)
  })

  it('says how much there is', () => {
    expect(judgeSpace('/data', 83_340_000_000).found).toBe('/data is writable, 83.3 GB free')
    expect(judgeSpace('/data', 1_000_000).found).toBe('/data is writable, 1 MB free')
  })
})
