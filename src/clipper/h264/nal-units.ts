/** The types of a NAL unit that the clip function tells apart (ITU-T H.264 table 7-1). */
export const NAL = { idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9, filler: 12 } as const

const START = Buffer.from([0, 0, 1])

/** The NAL units of a byte stream, as views without start codes and trailing zeros (ITU-T H.264 annex B). */
export function splitAnnexB(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const units: Uint8Array[] = []
  let start = buffer.indexOf(START)
  while (start !== -1) {
    const begin = start + START.length
    const next = buffer.indexOf(START, begin)
    let end = next === -1 ? buffer.length : next
    while (end > begin && buffer[end - 1] === 0) end -= 1
    if (end > begin) units.push(bytes.subarray(begin, end))
    start = next
  }
  return units
}

/** `nal_unit_type` (§7.3.1). */
export function nalType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f
}

/** True for a slice that begins a picture: the first macroblock of `ue(v)` zero is a single one bit (§7.3.3). */
export function beginsPicture(unit: Uint8Array): boolean {
  const type = nalType(unit)
  return type >= 1 && type <= NAL.idr && ((unit[1] ?? 0) & 0x80) !== 0
}

/** Bytes of the units as a sample of MP4: each behind its length in four bytes (ISO/IEC 14496-15 §5.3.2). */
export function sampleSize(units: readonly Uint8Array[]): number {
  return units.reduce((sum, unit) => sum + 4 + unit.byteLength, 0)
}

/** Writes the units as a sample of MP4; returns where the next one goes. */
export function writeSample(target: Buffer, at: number, units: readonly Uint8Array[]): number {
  let end = at
  for (const unit of units) {
    end = target.writeUInt32BE(unit.byteLength, end)
    target.set(unit, end)
    end += unit.byteLength
  }
  return end
}
