import { describe } from 'vitest'
import { createMemoryHistory } from './memory-history.ts'
import { createMemoryPresence } from './memory-presence.ts'
import { testRoomHistory } from './room-history.suite.ts'
import { testRoomPresence } from './room-presence.suite.ts'

describe('the history in memory', () => {
  const history = createMemoryHistory()
  testRoomHistory(() => history)
})

describe('presence in memory', () => testRoomPresence(createMemoryPresence()))
