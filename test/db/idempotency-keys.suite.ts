import { createIdempotencyKeys } from '../../src/db/index.ts'
import { testIdempotencyKeys } from '../recording/idempotency-keys.suite.ts'
import { describeDatabases } from './databases.ts'

describeDatabases('idempotency keys', (database) =>
  testIdempotencyKeys((clock) => createIdempotencyKeys(database(), clock)),
)
