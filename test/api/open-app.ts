import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { type ApiDependencies, buildApp } from '../../src/api/index.ts'
import { createHub, createRoomTokens, type HubLimits } from '../../src/hub/index.ts'
import { FsSegmentStore } from '../../src/store/index.ts'
import { createMemoryHistory } from '../hub/memory-history.ts'
import { createFakeEvents, createFakeIdempotencyKeys, createFakeRecordings } from './fakes.ts'

/** Gives every request the same trace id, so that a whole body can be compared. */
export const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
export const TRACED = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` }
export const NOW_MS = Date.parse('2026-11-21T09:00:00.000Z')

/** The application over port fakes, a real store and a real hub. */
export async function openApp(
  given: Partial<ApiDependencies> & { readonly hubLimits?: Partial<HubLimits>; readonly clock?: () => number } = {},
) {
  const { hubLimits, ...overrides } = given
  const folder = await mkdtemp(join(tmpdir(), 'panorec-api-'))
  const logger = pino({ level: 'silent' })
  const clock = given.clock ?? (() => NOW_MS)
  const recordings = createFakeRecordings()
  const events = createFakeEvents()
  const history = createMemoryHistory()
  const store = new FsSegmentStore(folder)
  const tokens = createRoomTokens('a secret of the test', clock)
  const limits = hubLimits ?? {}
  const hub = createHub({ history, tokens, clock, ids: randomUUID, logger, limits })
  const observed: unknown[] = []
  const app: FastifyInstance = await buildApp({
    recordings,
    events,
    idempotency: createFakeIdempotencyKeys(),
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
    clock,
    ...overrides,
  })
  return {
    app,
    recordings,
    events,
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
