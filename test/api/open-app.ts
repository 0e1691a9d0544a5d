import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { type ApiDependencies, buildApp } from '../../src/api/index.ts'
import { createHub, createRoomTokens, type HubLimits } from '../../src/hub/index.ts'
import { FsSegmentStore } from '../../src/store/index.ts'
import { createMemoryHistory } from '../hub/memory-history.ts'
import { createMemoryPresence } from '../hub/memory-presence.ts'
import { createFakeHighlights } from './fake-highlights.ts'
import {
  createFakeDeletions,
  createFakeEvents,
  createFakeIdempotencyKeys,
  createFakeRecordings,
  createFakeSchedules,
} from './fakes.ts'

/** Gives every request the same trace id, so that a whole body can be compared. */
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const TRACED = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` }
export const NOW_MS = Date.parse('2026-11-21T09:00:00.000Z')

/** Short: nobody is reported as having left before one lease has passed. */
const LEASE_MS = 100

/** The application over port fakes, a real store and a real hub. */
export async function openApp(
  given: Partial<ApiDependencies> & {
    readonly hubLimits?: Partial<HubLimits>
    readonly hubLogger?: Logger
    readonly clock?: () => number
  } = {},
) {
  const { hubLimits, hubLogger, ...overrides } = given
  const folder = await mkdtemp(join(tmpdir(), 'panorec-api-'))
  const logger = pino({ level: 'silent' })
  const clock = given.clock ?? (() => NOW_MS)
  const recordings = createFakeRecordings()
  const highlights = createFakeHighlights(recordings, clock)
  const events = createFakeEvents()
  const idempotency = createFakeIdempotencyKeys(() => new Date(clock()))
  const history = createMemoryHistory()
  const store = new FsSegmentStore(folder)
  const tokens = createRoomTokens('a secret of the test', clock)
  const limits = { leaseMs: LEASE_MS, ...hubLimits }
  const presence = createMemoryPresence()('this process')
  const hub = createHub({ history, presence, tokens, clock, ids: randomUUID, logger: hubLogger ?? logger, limits })
  const observed: unknown[] = []
  const app: FastifyInstance = await buildApp({
    recordings,
    deletions: createFakeDeletions(recordings),
    schedules: createFakeSchedules(),
    highlights,
    events,
    idempotency,
    hub,
    store,
    logger,
    health: { ready: async () => [{ name: 'database', ok: true }] },
    metrics: {
      contentType: 'text/plain; version=0.0.4',
      text: async () => 'panorec_recordings 0\n',
      observeRequest: (request) => void observed.push(request),
    },
    apiKeys: [],
    consoleDir: undefined,
    version: '0.0.0-test',
    publicUrl: null,
    clock,
    ...overrides,
  })
  return {
    app,
    recordings,
    highlights,
    events,
    idempotency,
    store,
    hub,
    history,
    tokens,
    observed,
    async listen(): Promise<string> {
      return app.listen({ host: '127.0.0.1', port: 0 })
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      await hub[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
