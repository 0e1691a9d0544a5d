/** Reads the syntax elements of a parameter set (ITU-T H.264 §7.2, §9.1). Past the end it throws a RangeError. */
export class BitReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** `u(n)`, n up to 32. */
  read(count: number): number {
    let value = 0
    for (let i = 0; i < count; i += 1) value = value * 2 + this.#bit()
    return value
  }

  /** `ue(v)`, an unsigned Exp-Golomb number. */
  ue(): number {
    let zeros = 0
    while (this.#bit() === 0) zeros += 1
    return 2 ** zeros - 1 + this.read(zeros)
  }

  /** `se(v)`, a signed one. */
  se(): number {
    const code = this.ue()
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2
  }

  #bit(): number {
    const byte = this.#bytes[this.#at >> 3]
    if (byte === undefined) throw new RangeError('The parameter set is cut short')
    const bit = (byte >> (7 - (this.#at & 7))) & 1
    this.#at += 1
    return bit
  }
}

/** Leaves out the bytes that keep start codes from arising inside of a NAL unit (§7.4.1). */
export function withoutEmulation(bytes: Uint8Array): Uint8Array {
  return bytes.filter((byte, i) => byte !== 3 || i < 2 || bytes[i - 1] !== 0 || bytes[i - 2] !== 0)
}
