/** How AAC is to be decoded: what an ADTS header and an AudioSpecificConfig both say. */
export interface SoundFormat {
  /** ISO/IEC 14496-3 table 1.17; 2 is AAC-LC. */
  readonly objectType: number
  readonly sampleRate: number
  readonly channels: number
}

export interface AdtsFrame {
  readonly format: SoundFormat
  /** The frame with its header. */
  readonly frame: Uint8Array
  /** The frame without its header, as a sample of MP4 holds it. */
  readonly data: Uint8Array
}

/** ISO/IEC 14496-3 table 1.18. */
const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350] as const

/** The AAC packets of an ADTS stream (ISO/IEC 14496-3 §1.A.3). Reading stops at what is not one. */
export function splitAdts(bytes: Uint8Array): AdtsFrame[] {
  const frames: AdtsFrame[] = []
  let at = 0
  while (at + 7 <= bytes.byteLength && bytes[at] === 0xff && ((bytes[at + 1] ?? 0) & 0xf6) === 0xf0) {
    const byte = (offset: number) => bytes[at + offset] ?? 0
    const headerSize = (byte(1) & 1) === 1 ? 7 : 9
    const size = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5)
    const sampleRate = SAMPLE_RATES[(byte(2) >> 2) & 0x0f]
    if (size < headerSize || at + size > bytes.byteLength || sampleRate === undefined) break
    const format = {
      objectType: (byte(2) >> 6) + 1,
      sampleRate,
      channels: ((byte(2) & 1) << 2) | (byte(3) >> 6),
    }
    frames.push({ format, frame: bytes.subarray(at, at + size), data: bytes.subarray(at + headerSize, at + size) })
    at += size
  }
  return frames
}

/** The AudioSpecificConfig of a format (ISO/IEC 14496-3 §1.6.2.1). */
export function audioSpecificConfig({ objectType, sampleRate, channels }: SoundFormat): Buffer {
  const index = SAMPLE_RATES.indexOf(sampleRate as (typeof SAMPLE_RATES)[number])
  return Buffer.from([(objectType << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3)])
}
