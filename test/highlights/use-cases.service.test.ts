import { describe } from 'vitest'
import { testHighlights } from './highlights.suite.ts'
import { openHighlights } from './open-highlights.ts'

describe('the use cases of highlights', () =>
  testHighlights(async () => {
    const opened = await openHighlights()
    const { highlights, time } = opened
    return {
      highlights,
      newRecording: () => opened.record('recording'),
      async makeReady(id) {
        const durationSec = 30
        await opened.ports.highlights.update(id, (record) => ({
          record: { ...record, state: 'ready', durationSec },
          events: [],
        }))
      },
      pass: (sec) => {
        time.now += sec * 1000
      },
      now: () => new Date(time.now).toISOString(),
      [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
    }
  }))
