import { expect, test } from 'vitest'
import { SliceQp } from '../../src/h264/index.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
/** How five pictures of Chrome's OpenH264 begin, each of two slices, and what FFmpeg's trace_headers reads of them. */
const PICTURES = [
  [
    '0000000167640c1fac191a805005ba6a0202020f08846a0000000168ce3c800000000165b800040000041fffff8228a00053c718f93711de4e4e4e4e23b49c47',
    34,
  ],
  [
    '0000000161e0004000be4041e0904788f11c04275cbeb9408a7783feae40c22783beb14077f5a810f9b57812aeba83aeb280c1aabc12f58beb147e95e33ab211',
    34,
  ],
  [
    '0000000161e00080013e40a78240868d7f4f19f2c21d8b05fc008f6185353f4d3d34fdcc30bfffb69db082968ffe98023e80000000016100370e00080013e40a',
    31,
  ],
  [
    '0000000161e000c001be411e4ead5d5beadf152abaf1d27ffd5e2fad7cdc862303cfd5d7d5ac3bff40bfeac2403ec056035d58aeb145e556318a4a39843c5fe4',
    28,
  ],
  [
    '0000000161e00100023e40a782c10b843c5fe980a71ef5fc81a8100fc04c9de173bd8b7f41d08588087547fd04179760bd312774c0a077703989ec4f00c6085c',
    31,
  ],
] as const

test('the quantizer of each picture is read, key frame or not', () => {
  const slices = new SliceQp()
  expect(PICTURES.map(([bytes]) => slices.read(hex(bytes)))).toEqual(PICTURES.map(([, qp]) => qp))
})

test('it is not known without the parameter sets, nor of what is cut short', () => {
  expect(new SliceQp().read(hex(PICTURES[1][0]))).toBeUndefined()
  const slices = new SliceQp()
  slices.read(hex(PICTURES[0][0]))
  expect(slices.read(hex(PICTURES[1][0].slice(0, 14)))).toBeUndefined()
  expect(slices.read(new Uint8Array())).toBeUndefined()
  expect(slices.read(hex(PICTURES[1][0]))).toBe(34)
})
