import type { StreamConfig } from '../sample.ts'
import { type Box, findBox, viewOf } from './boxes.ts'

/** Bytes of a visual and of an audio sample entry before their boxes (ISO/IEC 14496-12 §12.1.3, §12.2.3). */
const VISUAL_BYTES = 78
const AUDIO_BYTES = 28

/** H.264 and HEVC (ISO/IEC 14496-15); undefined for any other. */
export function videoEntry(bytes: Uint8Array, entry: Box): StreamConfig | undefined {
  const view = viewOf(bytes)
  const inside = { from: entry.from + VISUAL_BYTES, to: entry.to }
  const avcC = findBox(view, inside, 'avcC')
  const hvcC = findBox(view, inside, 'hvcC')
  const box = avcC ?? hvcC
  if (box === undefined) return undefined
  const description = bytes.slice(box.from, box.to)
  const codec = avcC === undefined ? hevcCodec(entry.type, viewOf(description)) : avcCodec(entry.type, description)
  const codedWidth = view.getUint16(entry.from + 24)
  const codedHeight = view.getUint16(entry.from + 26)
  const aspect = aspectOf(view, findBox(view, inside, 'pasp'), { codedWidth, codedHeight })
  return {
    kind: 'video',
    key: `${codec} ${codedWidth}x${codedHeight} ${Object.values(aspect).join(':')} ${description.join()}`,
    decoder: { codec, description, codedWidth, codedHeight, ...aspect },
  }
}

/** Of pixels that are not square (ISO/IEC 14496-12 §12.1.4). */
function aspectOf(
  view: DataView,
  pasp: Box | undefined,
  { codedWidth, codedHeight }: { readonly codedWidth: number; readonly codedHeight: number },
): Pick<VideoDecoderConfig, 'displayAspectWidth' | 'displayAspectHeight'> {
  const [horizontal, vertical] =
    pasp === undefined ? [1, 1] : [view.getUint32(pasp.from), view.getUint32(pasp.from + 4)]
  if (horizontal === vertical || horizontal === 0 || vertical === 0) return {}
  return { displayAspectWidth: codedWidth * horizontal, displayAspectHeight: codedHeight * vertical }
}

/** RFC 6381 §3.3: profile, constraints and level. */
function avcCodec(type: string, avcC: Uint8Array): string {
  return `${type}.${[...avcC.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** ISO/IEC 14496-15 annex E.3: profile space and profile, compatibility reversed, tier and level, constraints. */
function hevcCodec(type: string, hvcC: DataView): string {
  const first = hvcC.getUint8(1)
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? ''
  let reversed = 0
  for (let bit = 0, flags = hvcC.getUint32(2); bit < 32; bit += 1) reversed = reversed * 2 + ((flags >>> bit) & 1)
  const constraints = [6, 7, 8, 9, 10, 11].map((at) => hvcC.getUint8(at))
  while (constraints.length > 0 && constraints.at(-1) === 0) constraints.pop()
  const level = `${(first >> 5) & 1 ? 'H' : 'L'}${hvcC.getUint8(12)}`
  return [
    type,
    `${space}${first & 31}`,
    reversed.toString(16),
    level,
    ...constraints.map((it) => it.toString(16)),
  ].join('.')
}

/** AAC and MP3 (ISO/IEC 14496-1 §7.2.6.5); undefined for any other. */
export function audioEntry(bytes: Uint8Array, entry: Box): StreamConfig | undefined {
  const view = viewOf(bytes)
  const numberOfChannels = view.getUint16(entry.from + 16)
  const sampleRate = view.getUint16(entry.from + 24)
  const stream = { sampleRate, numberOfChannels }
  if (entry.type === '.mp3') return audioConfig('mp3', stream)
  const esds = findBox(view, { from: entry.from + AUDIO_BYTES, to: entry.to }, 'esds')
  if (esds === undefined) return undefined
  const { objectType, description } = decoderConfig(bytes, esds)
  if (objectType === 0x69 || objectType === 0x6b) return audioConfig('mp3', stream)
  if (objectType !== 0x40 || description === undefined) return undefined
  const told = (description[0] ?? 0) >> 3
  const kind = told === 31 ? 32 + (((description[0] ?? 0) & 7) << 3) + ((description[1] ?? 0) >> 5) : told
  return audioConfig(`mp4a.40.${kind}`, stream, description)
}

function audioConfig(
  codec: string,
  { sampleRate, numberOfChannels }: { readonly sampleRate: number; readonly numberOfChannels: number },
  description?: Uint8Array<ArrayBuffer>,
): StreamConfig {
  return {
    kind: 'audio',
    key: `${codec} ${sampleRate}/${numberOfChannels} ${description?.join() ?? ''}`,
    decoder: { codec, sampleRate, numberOfChannels, ...(description === undefined ? {} : { description }) },
  }
}

/** The object type and the AudioSpecificConfig of an `esds`: tags 3, 4 and 5, one in the other (§7.2.6). */
function decoderConfig(
  bytes: Uint8Array,
  esds: Box,
): { readonly objectType: number; readonly description: Uint8Array<ArrayBuffer> | undefined } {
  let at = esds.from + 4
  const header = (): { readonly tag: number; readonly length: number } => {
    const tag = bytes[at] ?? 0
    at += 1
    let length = 0
    for (let more = true; more && at < esds.to; at += 1) {
      length = (length << 7) | ((bytes[at] ?? 0) & 127)
      more = (bytes[at] ?? 0) >= 128
    }
    return { tag, length }
  }
  header()
  at += 3
  header()
  const objectType = bytes[at] ?? 0
  at += 13
  const { tag, length } = header()
  return { objectType, description: tag === 5 ? bytes.slice(at, at + length) : undefined }
}
