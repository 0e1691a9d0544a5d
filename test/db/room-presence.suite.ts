import { createRoomPresence } from '../../src/db/index.ts'
import { testRoomPresence } from '../hub/room-presence.suite.ts'
import { describeDatabases } from './databases.ts'

describeDatabases('who is present', (database) => testRoomPresence((node) => createRoomPresence(database(), node)))
