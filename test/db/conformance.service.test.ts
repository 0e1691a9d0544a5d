import './command-log.suite.ts'
import './deletion-log.suite.ts'
import './event-log.suite.ts'
import './highlight-repository.suite.ts'
import './idempotency-keys.suite.ts'
import './recording-repository.suite.ts'
import './room-history.suite.ts'
import './room-presence.suite.ts'
import './worker-registry.suite.ts'
import { runSuites } from './databases.ts'

runSuites()
