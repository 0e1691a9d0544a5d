import { describe, expect, test } from 'vitest'
import { parseIceServers } from '../../recorder-page/sources/whep/whep-link.ts'
import { buildTrickleFragment } from '../../recorder-page/sources/whep/whep-trickle.ts'
import { type ConnectionReading, WhepWatch } from '../../recorder-page/sources/whep/whep-watch.ts'

type Stream = (nowMs: number) => Partial<ConnectionReading>

/** Looks every 600 ms; the time and the code with which the session is given up, or null within a minute. */
function givenUp(stream: Stream, quietSessions = 0): { atMs: number; code: string } | null {
  const watch = new WhepWatch(0, quietSessions)
  for (let nowMs = 600; nowMs <= 60_000; nowMs += 600) {
    const sight = { nowMs, connection: 'connected', quietMs: nowMs, audioPackets: 0, videoPackets: 0 } as const
    const error = watch.check({ ...sight, ...stream(nowMs) })
    if (error) return { atMs: nowMs, code: error.code }
  }
  return null
}

describe('a WHEP session', () => {
  test('is kept while pictures come', () => {
    expect(givenUp((ms) => ({ quietMs: 40, videoPackets: ms }))).toBeNull()
  })

  test('is given up after three seconds of silence although it is connected', () => {
    expect(givenUp(() => ({}))).toEqual({ atMs: 3000, code: 'source.stalled' })
  })

  test('is given more time when those before it were silent too, ten seconds at most', () => {
    expect(givenUp(() => ({}), 1)?.atMs).toBeGreaterThan(4000)
    expect(givenUp(() => ({}), 100)?.atMs).toBeLessThanOrEqual(10_200)
  })

  test('is kept while only sound comes: the camera is off', () => {
    expect(givenUp((ms) => ({ audioPackets: ms }))).toBeNull()
  })

  test('is given up when its pictures come and cannot be decoded', () => {
    expect(givenUp((ms) => ({ audioPackets: ms, videoPackets: ms }))?.code).toBe('source.media-error')
  })

  test('is given up when it does not connect, or fails', () => {
    expect(givenUp(() => ({ connection: 'connecting' }))).toEqual({ atMs: 8400, code: 'source.unreachable' })
    expect(givenUp(() => ({ connection: 'failed' }))).toEqual({ atMs: 600, code: 'source.unreachable' })
  })

  test('is not given up for a disconnection that mends itself', () => {
    const stream: Stream = (ms) => ({
      connection: ms > 6000 && ms < 8000 ? 'disconnected' : 'connected',
      quietMs: ms > 6000 && ms < 8000 ? ms - 6000 : 40,
    })
    expect(givenUp(stream)).toBeNull()
  })
})

test('reads the ICE servers of a Link header and leaves other links out', () => {
  const link =
    '<stun:stun.example.net>; rel="ice-server", <turn:turn.example.net?transport=udp>; rel="ice-server"; ' +
    'username="user"; credential="secret"; credential-type="password", </docs>; rel="help"'
  expect(parseIceServers(link)).toEqual([
    { urls: 'stun:stun.example.net' },
    { urls: 'turn:turn.example.net?transport=udp', username: 'user', credential: 'secret' },
  ])
  expect(parseIceServers('')).toEqual([])
})

test('sends only candidates that the offer did not have', () => {
  const head = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=mid:0\r\n'
  const first = 'a=candidate:1 1 udp 2 192.0.2.1 5000 typ host\r\n'
  const late = 'a=candidate:2 1 udp 1 192.0.2.2 6000 typ srflx\r\n'
  expect(buildTrickleFragment(head + first, head + first)).toBeNull()
  expect(buildTrickleFragment(head + first, head + first + late)).toBe(
    `a=ice-ufrag:u\r\na=ice-pwd:p\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n${late}a=end-of-candidates\r\n`,
  )
})
