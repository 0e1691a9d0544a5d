import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MpegTsOutputFormat,
  Output,
} from 'mediabunny'
import type { Packet } from '../protocol/index.ts'

/** What the decoder of each track needs, as the page's WebCodecs encoders reported it. */
export interface TrackConfigs {
  readonly video: VideoDecoderConfig
  /** Undefined as long as the page has sent no sound. */
  readonly audio: AudioDecoderConfig | undefined
}

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
 * One MPEG-TS file: PAT, PMT, then access units in the order of their timestamps (ISO/IEC 13818-1). PTS are the take's
 * own times plus the offset, so consecutive files continue each other; each file's first packet of a track has the discontinuity
 * indicator set, because its continuity counters begin again.
 */
export async function muxSegment(
  group: { readonly video: readonly Packet[]; readonly audio: readonly Packet[] },
  configs: TrackConfigs,
  offsetSec: number,
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
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0))
}

function encoded(packet: Packet, offsetSec: number): EncodedPacket {
  const type = packet.kind === 'audio' || packet.key ? 'key' : 'delta'
  return new EncodedPacket(packet.data, type, offsetSec + packet.timestampUs / 1e6, packet.durationUs / 1e6)
}
