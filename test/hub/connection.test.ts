import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { Connection } from '../../src/hub/connection.ts'
import { RoomAllowance } from '../../src/hub/room-allowance.ts'
import { AppError } from '../../src/protocol/index.ts'

/** A socket whose other end reads nothing: what is sent stays. */
class StuckSocket extends EventEmitter {
  readonly OPEN = 1
  readonly CLOSED = 3
  readyState = 1
  bufferedAmount = 0
  sent = 0
  closedWith: number | undefined
  isPaused = false

  send(text: string): void {
    this.sent += 1
    this.bufferedAmount += text.length
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  close(code: number): void {
    this.closedWith ??= code
    this.readyState = 2
  }
  terminate(): void {
    this.readyState = this.CLOSED
    this.emit('close')
  }
}

const LIMITS = {
  burst: 1e6,
  signalsPerSec: 1,
  bytesBurst: 1e9,
  bytesPerSec: 1,
  roomBytesBurst: 1e9,
  roomBytesPerSec: 1,
  highlightBurst: 1,
  highlightEverySec: 1,
  refusalBurst: 1e6,
  refusalsPerSec: 1,
  maxBufferedBytes: 10_000,
  heartbeatMs: 1000,
  leaveGraceMs: 1000,
  leaseMs: 1000,
}

function connect({ limits = {}, error }: { limits?: Partial<typeof LIMITS>; error?: AppError } = {}) {
  const socket = new StuckSocket()
  const reports: number[] = []
  const all = { ...LIMITS, ...limits }
  const stored: (() => void)[] = []
  const clock = () => 0
  const allowance = new RoomAllowance({ limits: all, clock })
  new Connection({
    socket: socket as unknown as WebSocket,
    admission: { room: 'r', identity: 'amy', role: 'participant', afterSeq: 0, tokened: true },
    limits: all,
    clock,
    room: () => allowance,
    publish: () => (error ? Promise.reject(error) : new Promise((resolve) => stored.push(resolve))),
    onError: (_error, unreported) => void reports.push(unreported),
  })
  return {
    socket,
    reports,
    stored,
    /** Frames come until the connection takes no more; resolves with how many did. */
    async flood(frame: object, count: number): Promise<void> {
      for (let n = 0; n < count; n += 1) {
        socket.emit('message', Buffer.from(JSON.stringify(frame)), false)
        if (n % 10 === 0) await new Promise(setImmediate)
      }
      await new Promise(setImmediate)
    },
  }
}

const chat = (text: string) => ({ v: 1, type: 'chat.message', text })

test('answers to wrong frames wait for a reader like everything else: one that is too far behind is dropped', async () => {
  const { socket, flood } = connect()
  await flood({ v: 1 }, 1000)
  expect(socket.closedWith).toBe(1013)
  expect(socket.readyState).toBe(socket.CLOSED)
  expect(socket.bufferedAmount).toBeLessThan(LIMITS.maxBufferedBytes + 1000)
  expect(socket.sent).toBeLessThan(100)
})

test('a failure of the service is not held against the sender, and is logged a few times only', async () => {
  const error = new AppError('database.unavailable', 'The database cannot be reached')
  const { socket, reports, flood } = connect({ error, limits: { refusalBurst: 3, maxBufferedBytes: 1e9 } })
  await flood(chat('a'), 100)
  expect(socket.closedWith).toBeUndefined()
  expect(socket.sent).toBe(100)
  expect(reports).toEqual(Array(10).fill(0))
})

test('the socket is read no further while many bytes wait to be stored, and again when half of them are', async () => {
  const { socket, stored, flood } = connect()
  const mib = { v: 1, type: 'custom', name: 'blob', data: 'x'.repeat(1024 * 1024) }
  await flood(mib, 7)
  expect(socket.isPaused).toBe(false)
  await flood(mib, 1)
  expect(socket.isPaused).toBe(true)
  for (const done of stored.splice(0, 4)) done()
  await new Promise(setImmediate)
  expect(socket.isPaused).toBe(true)
  for (const done of stored.splice(0, 1)) done()
  await new Promise(setImmediate)
  expect(socket.isPaused).toBe(false)
})
