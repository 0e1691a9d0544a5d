import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import type { MachineLoad } from '../../src/machine/index.ts'
import { parseContainer, planLoad, watchLoad } from '../../src/machine/machine-load.ts'
import { MEASURED_COST } from '../../src/protocol/index.ts'
import { openAdmission } from '../../src/worker/admission/admission.ts'
import { planAdmission } from '../../src/worker/admission/plan-admission.ts'
import { createTakeCosts } from '../../src/worker/admission/take-costs.ts'

const GB = 1e9
const limits = { maxRecordings: 4, maxCpuPercent: 90, maxMemoryPercent: 90 }
const idle: MachineLoad = { cpuCores: 4, usedCpuCores: 0.2, memoryBytes: 8 * GB, usedMemoryBytes: GB }
const cost = { cpuCores: 0.5, memoryBytes: GB }
const stats = (cpuCores: number, memoryBytes: number) => ({
  frames: 1,
  droppedFrames: 0,
  segments: 1,
  bytes: 1,
  segmentLatencyMs: 1,
  cpuCores,
  memoryBytes,
})

test.each([
  ['an idle machine takes one', {}, { running: 0, unmeasured: 0 }, undefined],
  ['every slot is in use', {}, { running: 4, unmeasured: 0 }, 'slots'],
  ['the CPU just fits', { usedCpuCores: 3.1 }, { running: 2, unmeasured: 0 }, undefined],
  ['the CPU does not fit', { usedCpuCores: 3.11 }, { running: 2, unmeasured: 0 }, 'cpu'],
  ['those that began lately count too', { usedCpuCores: 2.2 }, { running: 2, unmeasured: 2 }, 'cpu'],
  ['other work does not keep the first recording out', { usedCpuCores: 4 }, { running: 0, unmeasured: 0 }, undefined],
  ['memory does not fit', { usedMemoryBytes: 6.3 * GB }, { running: 1, unmeasured: 0 }, 'memory'],
  [
    'recorders that wait make room for a recording',
    { usedMemoryBytes: 6.3 * GB },
    { running: 1, unmeasured: 0, spareBytes: 0.2 * GB },
    undefined,
  ],
  ['memory keeps even the first one out', { usedMemoryBytes: 7.5 * GB }, { running: 0, unmeasured: 0 }, 'memory'],
])('%s', (_name, load, running, reason) => {
  const decision = planAdmission({ ...idle, ...load }, cost, { spareBytes: 0, ...running }, limits)
  expect(decision).toEqual(reason === undefined ? { admitted: true } : { admitted: false, reason })
})

test('a recording is expected to cost what the last ones did, their starts left out', () => {
  const costs = createTakeCosts()
  expect(costs.expected()).toEqual(MEASURED_COST)
  for (const cores of [3, 2, 0.4]) costs.add('a/1', stats(cores, GB))
  expect(costs.expected()).toEqual({ cpuCores: 0.4, memoryBytes: GB })
  for (let n = 0; n < 50; n += 1) costs.add('a/1', stats(0.6, n === 10 ? 2 * GB : GB))
  expect(costs.expected().cpuCores).toBeCloseTo(0.6, 1)
  expect(costs.expected().memoryBytes).toBe(2 * GB)
  for (let take = 0; take < 16; take += 1) for (let n = 0; n < 3; n += 1) costs.add(`b/${take}`, stats(0.2, GB / 2))
  expect(costs.expected()).toEqual({ cpuCores: expect.closeTo(0.2), memoryBytes: GB / 2 })
})

test('a recording whose take before still runs on the machine does not count twice', async () => {
  const huge = { cpuCores: 1e6, memoryBytes: 0 }
  const roomForOneAndAHalf = (1.5 * huge.cpuCores * 100) / availableParallelism()
  using desk = openAdmission(
    { maxRecordings: 9, maxCpuPercent: roomForOneAndAHalf, maxMemoryPercent: 100 },
    { add: () => {}, expected: () => huge },
  )
  using place = desk.enter()
  expect(desk.decide()).toEqual({ admitted: false, reason: 'cpu' })
  place.isInTheLoad()
  expect(desk.decide()).toEqual({ admitted: true })
  expect(desk.running).toBe(1)
})

test('the limits of a container are read, and count where they leave less than the machine', () => {
  expect(parseContainer({ cpuMax: 'max 100000\n', memoryMax: 'max\n' })).toEqual({})
  const container = parseContainer({
    cpuMax: '150000 100000\n',
    cpuStat: 'usage_usec 4000000\nuser_usec 1\n',
    memoryMax: '2000000000\n',
    memoryCurrent: '900000000\n',
    memoryStat: 'anon 1\ninactive_file 100000000\n',
  })
  expect(container).toEqual({ cpuCores: 1.5, spentCpuSec: 4, memoryBytes: 2 * GB, usedMemoryBytes: 0.8 * GB })
  const machine = { cpuCores: 8, spentCpuSec: 100, memoryBytes: 16 * GB, usedMemoryBytes: GB }
  const first = { atSec: 10, machine, container: { ...container, spentCpuSec: 2 } }
  const last = { atSec: 12, machine: { ...machine, spentCpuSec: 104 }, container }
  expect(planLoad(first, last)).toEqual({
    cpuCores: 1.5,
    usedCpuCores: 1,
    memoryBytes: 2 * GB,
    usedMemoryBytes: 0.8 * GB,
  })
  const alone = { atSec: 12, machine: { ...machine, spentCpuSec: 104 }, container: {} }
  expect(planLoad({ ...first, container: {} }, alone)).toMatchObject({
    cpuCores: 8,
    usedCpuCores: 2,
    memoryBytes: 16 * GB,
  })
})

test('the load of this machine is within what it has', async () => {
  using watch = watchLoad()
  const { load } = watch
  expect(load.cpuCores).toBeGreaterThan(0)
  expect(load.usedMemoryBytes).toBeGreaterThan(0)
  expect(load.usedMemoryBytes).toBeLessThan(load.memoryBytes)
})
