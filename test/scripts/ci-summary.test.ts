import { describe, expect, it } from 'vitest'
import { filesToTryAgain, merge, type Report, slowest, summarize } from '../../scripts/ci-summary.mjs'

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

describe('a second try', () => {
  const fileOf = (name: string, ...statuses: string[]) => ({
    name: `${process.cwd()}/${name}`,
    status: statuses.includes('failed') ? 'failed' : 'passed',
    message: '',
    assertionResults: statuses.map((status, index) => ({
      status,
      fullName: `${name} ${index}`,
      failureMessages: status === 'failed' ? ['Error: late'] : [],
    })),
  })
  const reportOf = (...testResults: Report['testResults']): Report => ({ ...PASSED, testResults })

  it('is for the files that failed, unless there are many', () => {
    expect(filesToTryAgain(reportOf(fileOf('a.test.ts', 'passed'), fileOf('b.test.ts', 'failed')))).toEqual([
      'b.test.ts',
    ])
    const many = Array.from({ length: 7 }, (_, index) => fileOf(`${index}.test.ts`, 'failed'))
    expect(filesToTryAgain(reportOf(...many))).toEqual([])
  })

  it('counts in place of the first, and is named', () => {
    const first = reportOf(fileOf('a.test.ts', 'passed', 'passed'), fileOf('b.test.ts', 'failed', 'passed'))
    const lines = summarize(merge(first, reportOf(fileOf('b.test.ts', 'passed', 'passed'))))
    expect(lines).toEqual([`second try: ${process.cwd()}/b.test.ts > b.test.ts 0: Error: late`, '4 passed, 0 failed'])
  })

  it('that fails too is a failure', () => {
    const first = reportOf(fileOf('b.test.ts', 'failed', 'passed'))
    expect(summarize(merge(first, first)).at(-1)).toBe('1 passed, 1 failed')
  })

  it('names a file that had failed as a whole', () => {
    const broken = { ...fileOf('c.test.ts'), status: 'failed', message: 'Hook timed out' }
    const lines = summarize(merge(reportOf(broken), reportOf(fileOf('c.test.ts', 'passed'))))
    expect(lines[0]).toContain('Hook timed out')
    expect(lines.at(-1)).toBe('1 passed, 0 failed')
  })
})
