import { describe, expect, it } from 'vitest'
import { ActiveSpeaker } from '../../recorder-page/sound/active-speaker.ts'

const STEP_MS = 100

/** Plays levels by source, one array item a step, and tells who spoke at each step. */
function listen(levels: Readonly<Record<string, readonly number[]>>): (string | null)[] {
  const speaker = new ActiveSpeaker()
  const steps = Math.max(...Object.values(levels).map((list) => list.length))
  return Array.from({ length: steps }, (_, step) => {
    const now = new Map(Object.entries(levels).map(([id, list]) => [id, list[step] ?? 0]))
    return speaker.update(now, step * STEP_MS)
  })
}

const steady = (level: number, steps: number) => Array.from({ length: steps }, () => level)

describe('the active speaker', () => {
  it('is nobody in a silent room', () => {
    expect(listen({ amy: steady(0.004, 20) }).at(-1)).toBeNull()
  })

  it('is whoever speaks for a while', () => {
    expect(listen({ amy: steady(0.1, 10), ben: steady(0.001, 10) }).at(-1)).toBe('amy')
  })

  it('does not change for a cough', () => {
    const heard = listen({ amy: steady(0.1, 40), ben: [...steady(0, 20), 0.5, 0.5, ...steady(0, 18)] })
    expect(heard.slice(10).every((id) => id === 'amy')).toBe(true)
  })

  it('changes when another voice takes over', () => {
    const heard = listen({ amy: [...steady(0.1, 20), ...steady(0, 20)], ben: [...steady(0, 20), ...steady(0.1, 20)] })
    expect(heard[19]).toBe('amy')
    expect(heard.at(-1)).toBe('ben')
  })

  it('stays over a pause between sentences, and is let go after a long silence', () => {
    const heard = listen({ amy: [...steady(0.1, 20), ...steady(0, 40)] })
    expect(heard[30]).toBe('amy')
    expect(heard.at(-1)).toBeNull()
  })
})
