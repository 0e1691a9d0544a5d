export type Kind = 'audio' | 'video'

/** A media section of an offer, and the payload type under which the offerer takes our one codec of its kind. */
export interface OfferedMedia {
  readonly kind: Kind
  readonly mid: string
  readonly payloadType: number
  readonly format: string
}

/** Opus, and H.264 constrained baseline with packetization mode 1: what every browser both sends and takes. */
const CODECS: Readonly<Record<Kind, RegExp>> = { audio: /^opus\/48000\/2$/i, video: /^H264\/90000$/i }
const PREFERRED: Readonly<Record<Kind, RegExp>> = {
  audio: /./,
  video: /packetization-mode=1.*profile-level-id=42e01f/i,
}

/** The sections of an SDP offer that have our codec (RFC 8866 §5, RFC 6184 §8.2.2). */
export function parseOffer(sdp: string): OfferedMedia[] {
  const sections = sdp.replaceAll('\r\n', '\n').split(/^(?=m=)/m)
  return sections.flatMap((section) => {
    const kind = /^m=(audio|video)/.exec(section)?.[1] as Kind | undefined
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1]
    if (!kind || !mid) return []
    const offered = [...section.matchAll(/^a=rtpmap:(\d+) (\S+)/gm)]
      .filter(([, , name]) => CODECS[kind].test(name ?? ''))
      .map(([, type]) => ({
        payloadType: Number(type),
        format: new RegExp(`^a=fmtp:${type} (.*)`, 'm').exec(section)?.[1] ?? '',
      }))
    const codec = offered.find(({ format }) => PREFERRED[kind].test(format)) ?? offered[0]
    return codec ? [{ kind, mid, ...codec }] : []
  })
}
