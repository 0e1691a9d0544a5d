import { describe, expect, it } from 'vitest'
import { type Report, slowest, summarize } from '../../scripts/ci-summary.mjs'

const PASSED: Report = {
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [
    { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed', fullName: 'adds' }] },
  ],
}

describe('summarize', () => {
  it('prints the count alone when all passed', () => {
    expect(summarize(PASSED)).toEqual(['2 passed, 0 failed'])
  })

  it('names what failed, and counts what was skipped', () => {
    const failed = {
      name: 'b.test.ts',
      status: 'failed',
      assertionResults: [{ status: 'failed', fullName: 'b subtracts' }],
    }
    const report = { ...PASSED, numFailedTests: 1, numPendingTests: 1, numTodoTests: 2, testResults: [failed] }
    expect(summarize(report)).toEqual(['failed: b.test.ts > b subtracts', '2 passed, 1 failed, 3 skipped'])
  })

  it('names what passed at the second try only', () => {
    const shaky = { status: 'passed', fullName: 'records', failureMessages: ['Error: no picture\n at …'] }
    const file = { name: 'd.test.ts', status: 'passed', message: '', assertionResults: [shaky] }
    expect(summarize({ ...PASSED, testResults: [file] })).toEqual([
      'second try: d.test.ts > records: Error: no picture',
      '2 passed, 0 failed',
    ])
  })

  it('counts a file that does not load', () => {
    const broken = { name: 'c.test.ts', status: 'failed', message: 'Cannot find ./x.ts\n at …', assertionResults: [] }
    expect(summarize({ ...PASSED, testResults: [broken] })).toEqual([
      'failed: c.test.ts: Cannot find ./x.ts',
      '2 passed, 1 failed',
    ])
  })
})

describe('slowest', () => {
  it('names the thirty files that took longest, slowest first', () => {
    const files = Array.from({ length: 40 }, (_, index) => ({
      ...{ name: `${process.cwd()}/test/${index}.test.ts`, status: 'passed', assertionResults: [] },
      ...{ startTime: 1000, endTime: 1000 + index * 500 },
    }))
    const lines = slowest({ ...PASSED, testResults: files })
    expect(lines).toHaveLength(30)
    expect(lines.slice(0, 2)).toEqual(['  19.5 s  test/39.test.ts', '  19.0 s  test/38.test.ts'])
  })
})
