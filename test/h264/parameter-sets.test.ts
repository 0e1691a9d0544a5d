import { expect, test } from 'vitest'
import { parsePps, parseSps } from '../../src/h264/index.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
/** What Chrome's OpenH264 writes for 1280×720 at 25 fps, read by FFmpeg's trace_headers. */
const CHROME_SPS = hex('67640c1fac191a805005ba6e021a020f08846a')
const CHROME_PPS = hex('68ce3c80')

test('parameter sets are read as FFmpeg reads them', () => {
  expect(parseSps(CHROME_SPS)).toEqual({
    id: 0,
    profile: 100,
    constraints: 0x0c,
    level: 31,
    chromaFormat: 1,
    bitDepthLuma: 8,
    bitDepthChroma: 8,
    width: 1280,
    height: 720,
    colour: { fullRange: true, primaries: 1, transfer: 13, matrix: 1 },
    slices: { frameNumBits: 15, orderType: 0, orderBits: 16, isFramesOnly: true, hasSeparatePlanes: false },
  })
  expect(parsePps(CHROME_PPS)).toEqual({
    id: 0,
    spsId: 0,
    isCabac: false,
    hasFieldOrder: false,
    sliceGroups: 1,
    weightedPrediction: false,
    weightedBiprediction: 0,
    initialQp: 26,
    hasRedundantPictures: false,
  })
})

test('those that are cut short are refused', () => {
  expect(() => parseSps(CHROME_SPS.subarray(0, 6))).toThrow(RangeError)
})
