import { describe, expect, it } from 'vitest'
import { buildAvcConfig } from '../../../src/clipper/h264/avc-config.ts'
import { splitAnnexB } from '../../../src/clipper/h264/nal-units.ts'
import { SetTable } from '../../../src/clipper/h264/set-table.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const CHROME_SPS = hex('67640c1fac191a805005ba6e021a020f08846a')
const CHROME_PPS = hex('68ce3c80')

describe('parameter sets', () => {
  it('go into one record, with the highest profile and level and the constraints of all', () => {
    const baseline = hex('6742c01e95a0140b20')
    const record = buildAvcConfig({ sps: [CHROME_SPS, baseline], pps: [CHROME_PPS] })
    expect([...record.subarray(0, 6)]).toEqual([1, 100, 0x0c & 0xc0, 31, 0xff, 0xe2])
    expect(record.subarray(6, 8 + CHROME_SPS.length)).toEqual(
      Buffer.concat([Buffer.from([0, CHROME_SPS.length]), CHROME_SPS]),
    )
    expect([...record.subarray(-4)]).toEqual([0xfd, 0xf8, 0xf8, 0])
  })

  it('with the id of others are not taken in, and leave the table as it was', () => {
    const table = new SetTable()
    expect(table.add({ sps: [CHROME_SPS], pps: [CHROME_PPS] })).toBe(true)
    expect(table.add({ sps: [CHROME_SPS], pps: [CHROME_PPS] })).toBe(true)
    expect(table.add({ sps: [CHROME_SPS], pps: [hex('68ce3880')] })).toBe(false)
    expect(table.sets).toEqual({ sps: [CHROME_SPS], pps: [CHROME_PPS] })
    expect(table.freeId()).toBe(1)
  })
})

describe('a byte stream', () => {
  it('is split at start codes of three and four bytes, without trailing zeros', () => {
    const units = splitAnnexB(hex('00000001091000000165aabb000000000141cc'))
    expect(units.map((unit) => Buffer.from(unit).toString('hex'))).toEqual(['0910', '65aabb', '41cc'])
  })
})
