import type { Colour } from '../../h264/index.ts'
import { buildAvcConfig } from '../h264/avc-config.ts'
import type { ParameterSets } from '../h264/set-table.ts'
import { audioSpecificConfig, type SoundFormat } from '../ts/adts.ts'
import { box, fullBox, u16, u32, zeros } from './boxes.ts'

const DPI_72 = 0x00480000
const DEPTH_24 = 0x0018

/** The `avc1` entry: every parameter set in its `avcC`, colours by their code points (ISO/IEC 14496-15 §5.4.2). */
export function avcEntry(
  sets: ParameterSets,
  picture: { readonly width: number; readonly height: number; readonly colour: Colour },
): Buffer {
  const { width, height, colour } = picture
  return box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(width, height),
    u32(DPI_72, DPI_72, 0),
    u16(1),
    zeros(32),
    u16(DEPTH_24, 0xffff),
    box('avcC', buildAvcConfig(sets)),
    box(
      'colr',
      Buffer.from('nclx'),
      u16(colour.primaries, colour.transfer, colour.matrix),
      Buffer.from([colour.fullRange ? 0x80 : 0]),
    ),
    box('pasp', u32(1, 1)),
  )
}

const AAC_OBJECT = 0x40
const AUDIO_STREAM = 0x15

/** The `mp4a` entry with its elementary stream descriptor (ISO/IEC 14496-14 §5.6, ISO/IEC 14496-1 §7.2.6). */
export function aacEntry(format: SoundFormat): Buffer {
  const config = descriptor(0x05, audioSpecificConfig(format))
  const decoder = descriptor(0x04, Buffer.from([AAC_OBJECT, AUDIO_STREAM, 0, 0, 0]), u32(0, 0), config)
  const stream = descriptor(0x03, u16(0), Buffer.from([0]), decoder, descriptor(0x06, Buffer.from([2])))
  return box(
    'mp4a',
    zeros(6),
    u16(1),
    zeros(8),
    u16(format.channels, 16, 0, 0, format.sampleRate, 0),
    fullBox('esds', 0, stream),
  )
}

function descriptor(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.byteLength, 0)
  return Buffer.concat([Buffer.from([tag, size]), ...content])
}
