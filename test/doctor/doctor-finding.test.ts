import { describe, expect, it } from 'vitest'
import { describeFinding, runExamination } from '../../src/doctor/doctor-finding.ts'

const advice = 'Do this.'

describe('examine', () => {
  it('turns what was thrown into a bad finding with its advice', async () => {
    const examine = () => Promise.reject(new Error('It is broken.'))
    expect(await runExamination({ name: 'A', advice, examine })).toEqual({
      name: 'A',
      verdict: 'bad',
      found: 'It is broken.',
      advice,
    })
  })

  it('does not wait for ever', async () => {
    const examine = () => new Promise<never>(() => {})
    expect(await runExamination({ name: 'A', advice, timeoutMs: 20, examine })).toMatchObject({
      verdict: 'bad',
      found: 'There was no answer within 0.02 s.',
    })
  })
})

describe('describeFinding', () => {
  it('marks each verdict, and gives advice only where something is not good', () => {
    expect(describeFinding({ name: 'A', verdict: 'good', found: 'here', advice })).toEqual(['✓ A: here'])
    expect(describeFinding({ name: 'A', verdict: 'warning', found: 'half', advice })).toEqual([
      '! A: half',
      '  → Do this.',
    ])
    expect(describeFinding({ name: 'A', verdict: 'bad', found: 'gone' })).toEqual(['✗ A: gone'])
  })
})
