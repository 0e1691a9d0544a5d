import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { SignalLine } from '../../src/archive/index.ts'
import type { Signal } from '../../src/protocol/index.ts'
import { buildFixturePage } from './fixture-page.ts'
import { buildRequest, makeFolders, type RecorderRun, startRecorder } from './recorder-run.ts'

const TEST_TIMEOUT_MS = 60_000
/** The recorder runs in this process: both read the same clock. */
const CLOCK_SEC = 0.002
let page: Awaited<ReturnType<typeof buildFixturePage>>
beforeAll(async () => {
  page = await buildFixturePage()
}, TEST_TIMEOUT_MS)
afterAll(() => page[Symbol.asyncDispose]())

const chat = (id: string, at = Date.now()): Signal => ({ v: 1, type: 'chat.message', at, id, text: id })

async function startServer(history: Signal[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const requests: IncomingMessage[] = []
  const sockets: WebSocket[] = []
  server.on('connection', (socket, request) => {
    requests.push(request)
    sockets.push(socket)
    const after = Number(new URL(request.url ?? '', 'ws://x').searchParams.get('after') ?? 0)
    for (const signal of history) if ((signal.seq ?? 0) > after) socket.send(JSON.stringify(signal))
  })
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/room`,
    requests,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test.concurrent(
  'keeps every signal once with its media time, from commands and from the room, through a broken connection',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const history: Signal[] = [{ ...chat('early', Date.now() - 60_000), seq: 1 }]
    await using server = await startServer(history)
    const signalling = { url: server.url, token: 'secret' }
    const run = startRecorder(buildRequest(folders, { signalling }), page.path)
    const { takeEpochMs } = await run.event('started')
    const commanded = chat('commanded')
    await run.order({ type: 'signals', signals: [commanded, commanded] })
    history.push({ ...chat('missed'), seq: 2 })
    server.sockets[0]?.terminate()
    await seenByPage(run, 3)
    await run.order({ type: 'stop' })
    await run.done

    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/room', 'Bearer secret'],
      ['/room?after=1', 'Bearer secret'],
    ])
    const text = await readFile(join(folders.storePath, run.request.recordingId, 'signals.jsonl'), 'utf8')
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as SignalLine)
    expect(lines.map(({ signal }) => signal.id).sort()).toEqual(['commanded', 'early', 'missed'])
    for (const { mediaSec, take, signal } of lines) {
      expect(take).toBe(1)
      expect(Math.abs(mediaSec - (signal.at - takeEpochMs) / 1000)).toBeLessThan(CLOCK_SEC)
    }
    expect(lines.find(({ signal }) => signal.id === 'early')?.mediaSec).toBeLessThan(-59)
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'records on when the signalling server is away, and says so once',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const run = startRecorder(buildRequest(folders, { signalling: { url: 'ws://127.0.0.1:9/room' } }), page.path)
    await run.event('segment', 3)
    run.terminate()
    expect(await run.done).toMatchObject({ error: null })
    const warnings = run.events.filter((event) => event.type === 'warning')
    expect(warnings.map(({ error }) => error.code)).toEqual(['signalling.unreachable'])
  },
  TEST_TIMEOUT_MS,
)

test.concurrent(
  'a highlight triggers once a take, also by a command, and the next take says the same and what came between',
  async ({ expect }) => {
    await using folders = await makeFolders()
    const createdAtMs = Date.now()
    const highlight = (id: string, at: number): Signal => ({ v: 1, type: 'highlight', at, id })
    const history: Signal[] = [
      { ...highlight('before', createdAtMs - 1), seq: 1 },
      { ...highlight('early', createdAtMs), seq: 2 },
    ]
    await using server = await startServer(history)
    const request = buildRequest(folders, {
      signalling: { url: server.url },
      createdAt: new Date(createdAtMs).toISOString(),
      maxDurationSec: 2,
    })
    const first = startRecorder(request, page.path)
    await first.event('started')
    const commanded = highlight('commanded', Date.now())
    await first.order({ type: 'signals', signals: [commanded, commanded] })
    await first.done
    history.push({ ...highlight('between', Date.now()), seq: 3 })
    const second = startRecorder({ ...request, take: 2 }, page.path)
    await second.done

    expect(triggers(first)).toEqual([' early', ' commanded'])
    expect(triggers(second)).toEqual([' early', ' between'])
    const kinds = second.events.map(({ type }) => type)
    expect(kinds.indexOf('started')).toBeLessThan(kinds.indexOf('trigger'))
  },
  TEST_TIMEOUT_MS,
)

function triggers(run: RecorderRun): readonly string[] {
  return run.events.flatMap((event) => (event.type === 'trigger' ? [event.key] : []))
}

/** Waits until the fixture page has logged that many signals. */
async function seenByPage(run: RecorderRun, count: number): Promise<void> {
  const seen = () =>
    run.log.flatMap(({ details }) =>
      'page' in details ? ((details.page as { signals?: Signal[] }).signals ?? []) : [],
    )
  while (seen().length < count) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(seen()).toHaveLength(count)
}
