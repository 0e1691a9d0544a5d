import { expect, test } from 'vitest'
import { judgeCapacity, type ProfileCost } from '../../src/doctor/doctor-capacity.ts'

const LIMITS = { maxCpuPercent: 90, maxMemoryPercent: 80 }
const low: ProfileCost = { profile: 'low', cpuCores: 0.2, memoryBytes: 400e6, lost: 0 }
const large: ProfileCost = { profile: '1080p30', cpuCores: 1.2, memoryBytes: 900e6, lost: 0 }

test('as many fit as CPU and memory allow', () => {
  expect(judgeCapacity([low, large], { cpuCores: 2, memoryBytes: 16e9 }, LIMITS)).toEqual({
    verdict: 'good',
    found: 'at once, of 4 sources each: 9 × low (0.20 cores, 400 MB); 1 × 1080p30 (1.20 cores, 900 MB)',
  })
  expect(judgeCapacity([low], { cpuCores: 2, memoryBytes: 1e9 }, LIMITS).found).toContain('2 × low')
})

test('a profile that does not fit, or loses pictures, is named', () => {
  const verdict = judgeCapacity([{ ...low, lost: 0.04 }, large], { cpuCores: 1, memoryBytes: 16e9 }, LIMITS)
  expect(verdict).toMatchObject({
    verdict: 'warning',
    advice: 'Record in a smaller profile than low, 1080p30 here, or on a faster machine.',
  })
  expect(verdict.found).toContain('0 × low (0.20 cores, 400 MB, loses 4 % of its pictures)')
})
