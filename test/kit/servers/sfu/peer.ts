import { randomInt } from 'node:crypto'
import datachannel, { type Audio, type PeerConnection, type Track, type Video } from 'node-datachannel'
import type { OfferedMedia } from './offer.ts'

/** On loopback gathering takes a few milliseconds. */
const GATHERING_TIMEOUT_MS = 2000

export function createPeer(name: string): PeerConnection {
  return new datachannel.PeerConnection(name, { iceServers: [], bindAddress: '127.0.0.1', mtu: 1400 })
}

export function newSsrc(): number {
  return randomInt(1, 2 ** 32)
}

/** Adds a track with the payload type of the offer; `ssrc` only when we send. */
export function addTrack(peer: PeerConnection, media: OfferedMedia, ssrc?: number): Track {
  const direction = ssrc === undefined ? 'RecvOnly' : 'SendOnly'
  const description = describe(media, direction)
  if (ssrc !== undefined) description.addSSRC(ssrc, 'panorec', 'panorec', media.kind)
  return peer.addTrack(description)
}

function describe({ kind, mid, payloadType, format }: OfferedMedia, direction: 'RecvOnly' | 'SendOnly'): Audio | Video {
  if (kind === 'audio') {
    const audio = new datachannel.Audio(mid, direction)
    audio.addOpusCodec(payloadType, ...(format ? [format] : []))
    return audio
  }
  const video = new datachannel.Video(mid, direction)
  video.addH264Codec(payloadType, format)
  return video
}

/** Answers an offer with all candidates inside. */
export async function answerOffer(peer: PeerConnection, offer: string): Promise<string> {
  const gathered = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('ICE gathering did not finish')), GATHERING_TIMEOUT_MS)
    // Before the remote description: on loopback gathering is over at once, and a later callback is never called.
    peer.onGatheringStateChange((state) => {
      if (state !== 'complete') return
      clearTimeout(timer)
      resolve()
    })
  })
  peer.setRemoteDescription(offer, 'offer')
  await gathered
  return peer.localDescription()?.sdp ?? ''
}
