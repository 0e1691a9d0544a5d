import { expect, test } from 'vitest'
import { readWhepStats } from '../../recorder-page/sources/whep/whep-stats.ts'

const AUDIO = { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50 } as const
const VIDEO = { type: 'inbound-rtp', kind: 'video', packetsReceived: 300 } as const

test('counts the packets of sound and of pictures, and nothing else', () => {
  const other = { type: 'remote-outbound-rtp', kind: 'video', packetsReceived: 7 } as const
  expect(readWhepStats([VIDEO, other, AUDIO])).toEqual({ audioPackets: 50, videoPackets: 300, soundLagMs: undefined })
  expect(readWhepStats([])).toEqual({ audioPackets: 0, videoPackets: 0, soundLagMs: undefined })
})

test.each([
  ['late', 1000, 1040, 40],
  ['early', 1000, 985, -15],
])('says by how much the sound is %s', (_word, audio, video, soundLagMs) => {
  const entries = [
    { ...AUDIO, estimatedPlayoutTimestamp: audio },
    { ...VIDEO, estimatedPlayoutTimestamp: video },
  ]
  expect(readWhepStats(entries)).toMatchObject({ soundLagMs })
})

test('does not know before the sender has reported on both', () => {
  expect(readWhepStats([{ ...AUDIO, estimatedPlayoutTimestamp: 5 }, VIDEO]).soundLagMs).toBeUndefined()
})

test('does not believe reports of two clocks', () => {
  const entries = [
    { ...AUDIO, estimatedPlayoutTimestamp: 5000 },
    { ...VIDEO, estimatedPlayoutTimestamp: 6001 },
  ]
  expect(readWhepStats(entries).soundLagMs).toBeUndefined()
})
