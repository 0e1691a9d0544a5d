import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MpegTsOutputFormat,
  Output,
} from 'mediabunny'
import { PACKET_BYTES } from '../../mpegts/index.ts'
import type { Packet } from '../../protocol/index.ts'
import { PCR_LEAD_SEC, type TsContinuity } from './ts-continuity.ts'

/** What the decoder of each track needs, as the page's WebCodecs encoders reported it. */
interface TrackConfigs {
  readonly video: VideoDecoderConfig
  /** Undefined as long as the page has sent no sound. */
  readonly audio: AudioDecoderConfig | undefined
}

/** FFmpeg's probe needs about a dozen packets to know the format. */
const LEAST_PACKETS = 32

/** Reads the payload of a config packet: a WebCodecs decoder config whose `description` is in base64. */
export function parseDecoderConfig<T extends VideoDecoderConfig | AudioDecoderConfig>(data: Uint8Array): T {
  const config = JSON.parse(new TextDecoder().decode(data)) as T & { description?: string }
  if (typeof config.description !== 'string' || config.description === '') {
    const { description: _, ...rest } = config
    return rest as unknown as T
  }
  return { ...config, description: Buffer.from(config.description, 'base64') }
}

/**
 * Muxes one MPEG-TS file: PAT, PMT, then access units in the order of their timestamps (ISO/IEC 13818-1). PTS are the take's
 * own times plus the offset and the lead of the program clock, so that consecutive files of one clock continue each other; they
 * wrap around after 26.5 hours, having 33 bits (§2.4.3.7), which is no discontinuity.
 */
export async function muxSegment(
  group: { readonly video: readonly Packet[]; readonly audio: readonly Packet[] },
  configs: TrackConfigs,
  { clock, offsetSec }: { readonly clock: TsContinuity; readonly offsetSec: number },
): Promise<Uint8Array> {
  const target = new BufferTarget()
  const output = new Output({ format: new MpegTsOutputFormat(), target })
  const video = new EncodedVideoPacketSource('avc')
  output.addVideoTrack(video)
  const audio = group.audio.length > 0 && configs.audio !== undefined ? new EncodedAudioPacketSource('aac') : undefined
  if (audio !== undefined) output.addAudioTrack(audio)
  await output.start()
  for (const packet of group.video) {
    await video.add(encoded(packet, offsetSec), { decoderConfig: configs.video })
  }
  for (const packet of audio === undefined ? [] : group.audio) {
    await audio?.add(encoded(packet, offsetSec), configs.audio === undefined ? {} : { decoderConfig: configs.audio })
  }
  await output.finalize()
  return padded(clock.finish(new Uint8Array(target.buffer ?? new ArrayBuffer(0))))
}

/** Pads a very short file with null packets (ISO/IEC 13818-1 §2.4.3.2), so that FFmpeg recognizes it as MPEG-TS. */
function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength >= LEAST_PACKETS * PACKET_BYTES) return bytes
  const file = new Uint8Array(LEAST_PACKETS * PACKET_BYTES).fill(0xff)
  file.set(bytes)
  for (let at = bytes.byteLength; at < file.byteLength; at += PACKET_BYTES) file.set([0x47, 0x1f, 0xff, 0x10], at)
  return file
}

function encoded(packet: Packet, offsetSec: number): EncodedPacket {
  const type = packet.kind === 'audio' || packet.key ? 'key' : 'delta'
  return new EncodedPacket(
    packet.data,
    type,
    PCR_LEAD_SEC + offsetSec + packet.timestampUs / 1e6,
    packet.durationUs / 1e6,
  )
}
