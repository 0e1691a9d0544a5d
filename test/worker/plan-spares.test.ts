import { expect, test } from 'vitest'
import { planSpares } from '../../src/worker/spares/plan-spares.ts'

const RULES = { pages: 1, processes: 1, maxAgeMs: 1000, maxBytes: 500, hasRoom: true }
const spare = (name: string, changes: object = {}) => ({
  name,
  hasPage: false,
  isLost: false,
  ageMs: 1,
  bytes: 100,
  ...changes,
})
const page = (name: string, changes: object = {}) => spare(name, { hasPage: true, ...changes })

test.each([
  ['nobody waits: the page first, because it takes longest', [], {}, [], 'page'],
  ['a page waits: then a process', [page('a')], {}, [], 'process'],
  ['a process waits: then a page', [spare('a')], {}, [], 'page'],
  ['enough wait', [page('a'), spare('b')], {}, [], undefined],
  ['none is wanted', [page('a'), spare('b')], { pages: 0, processes: 0 }, ['a', 'b'], undefined],
  ['one too many: the newest stays', [page('a', { ageMs: 9 }), page('b'), spare('c')], {}, ['a'], undefined],
  ['one without its Chrome is none', [page('a', { isLost: true }), spare('b')], {}, ['a'], 'page'],
  ['one that is too old goes', [page('a', { ageMs: 1000 }), spare('b')], {}, ['a'], 'page'],
  ['one that is too large goes', [page('a', { bytes: 501 }), spare('b')], {}, ['a'], 'page'],
  ['recordings need the memory: all go, and none begins to wait', [page('a')], { hasRoom: false }, ['a'], undefined],
])('%s', (_name, spares, changes, dropped, start) => {
  const plan = planSpares(spares, { ...RULES, ...changes })
  expect(plan.drop.map(({ name }) => name)).toEqual(dropped)
  expect(plan.start).toBe(start)
})
