import { describe, expect, test } from 'vitest'
import { parsePlaylist, updateFaults } from './playlist-rules.ts'

const head = '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:EVENT\n'
const segment = (n: number, extra = '') =>
  `${extra}#EXTINF:2.000,\n#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:${String(n * 2).padStart(2, '0')}.000Z\n${n}.ts\n`
const good = `${head}#EXT-X-INDEPENDENT-SEGMENTS\n${segment(0)}${segment(1)}`

function faultsOf(text: string): readonly string[] {
  return parsePlaylist(text).faults
}
function changeFaults(before: string, after: string): string[] {
  const from = parsePlaylist(before).playlist
  const to = parsePlaylist(after).playlist
  if (!from || !to) throw new Error('one of them does not parse')
  return updateFaults(from, to)
}

describe('the rules of a playlist', () => {
  test('a good one has no fault, nor has one that grew', () => {
    expect(faultsOf(good)).toEqual([])
    expect(changeFaults(good, good + segment(2))).toEqual([])
  })

  test.each([
    ['no playlist at all', 'hello\n'],
    ['a half-written last line', good.slice(0, -1)],
    ['a segment longer than the target', good.replace('2.000', '2.600')],
    ['a date that jumps', good.replace('00:02', '00:03')],
    ['a segment with no date', `${good}#EXTINF:2.000,\n2.ts\n`],
    ['no INDEPENDENT-SEGMENTS', good.replace('#EXT-X-INDEPENDENT-SEGMENTS\n', '')],
    ['VOD that does not end', good.replace('EVENT', 'VOD')],
  ])('refuses %s', (_, text) => {
    expect(faultsOf(text)).not.toEqual([])
  })

  test.each([
    ['a target that changes', good, good.replace('DURATION:2', 'DURATION:3')],
    ['a sequence that goes back', good.replace('SEQUENCE:0', 'SEQUENCE:5'), good],
    ['an EVENT that loses its first segment', good, good.replace(segment(0), '').replace('SEQUENCE:0', 'SEQUENCE:1')],
    ['a segment that is another now', good, good.replace('1.ts', 'x.ts')],
    ['an end that is taken back', `${good}#EXT-X-ENDLIST\n`, good],
  ])('refuses %s', (_, before, after) => {
    expect(changeFaults(before, after)).not.toEqual([])
  })
})
