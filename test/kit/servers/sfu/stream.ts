import { createSocket, type Socket } from 'node:dgram'
import datachannel, { type PeerConnection } from 'node-datachannel'
import { type Kind, parseOffer } from './offer.ts'
import { Outgoing } from './outgoing.ts'
import { addTrack, answerOffer, createPeer } from './peer.ts'
import { asksForKeyFrame, buildKeyFrameRequest, buildSenderReport, findSenderReport, isRtcp } from './rtcp.ts'

const CLOCK_HZ: Readonly<Record<Kind, number>> = { audio: 48000, video: 90000 }
/** What an Opus encoder puts before the first sample (RFC 7845 §4.2); WebRTC has no field for it and plays it. */
const OPUS_PRE_SKIP_SEC = 312 / 48000
const REPORT_EVERY_MS = 500
/** Packets kept for a receiver that asks for them again. */
const RESEND_PACKETS = 512

interface Viewer {
  readonly peer: PeerConnection
  readonly tracks: ReadonlyMap<Kind, Outgoing>
}

/** One named stream: at most one publisher, any number of viewers, packets forwarded as they come. */
export class Stream {
  readonly #viewers = new Set<Viewer>()
  readonly #name: string
  /** Grows with every publisher. */
  #publisher = 0
  #closePublisher: () => void = () => undefined
  #askForKeyFrame: () => void = () => undefined

  constructor(name: string) {
    this.#name = name
  }

  get viewers(): number {
    return this.#viewers.size
  }

  /** WHIP: a new publisher takes the place of the old one; the viewers stay. */
  async publish(offer: string): Promise<{ sdp: string; close: () => void }> {
    this.unpublish()
    const peer = createPeer(`${this.#name} publisher`)
    for (const media of parseOffer(offer)) {
      const track = addTrack(peer, media)
      let ssrc = 0
      track.onMessage((packet) => {
        if (!isRtcp(packet)) ssrc = packet.readUInt32BE(8)
        this.#forward(media.kind, packet)
      })
      if (media.kind === 'video') {
        this.#askForKeyFrame = () => {
          if (ssrc !== 0 && track.isOpen()) track.sendMessageBinary(buildKeyFrameRequest(ssrc))
        }
      }
    }
    const sdp = await answerOffer(peer, offer)
    this.#closePublisher = () => peer.close()
    return { sdp, close: () => this.unpublish() }
  }

  /** Plain RTP of FFmpeg on two UDP ports. Both streams must begin at media time 0: that is how they are put together. */
  async listen(): Promise<Readonly<Record<Kind, number>>> {
    this.unpublish()
    const video = await bindUdp()
    const audio = await bindUdp()
    const clock = { startedMs: 0 }
    this.#receive(video, 'video', clock)
    this.#receive(audio, 'audio', clock)
    this.#closePublisher = () => {
      video.close()
      audio.close()
    }
    return { video: video.address().port, audio: audio.address().port }
  }

  #receive(socket: Socket, kind: Kind, clock: { startedMs: number }): void {
    let first: number | undefined
    let reportedAt = 0
    socket.on('message', (packet) => {
      if (isRtcp(packet)) return
      const timestamp = packet.readUInt32BE(4)
      const now = Date.now()
      clock.startedMs ||= now
      first ??= timestamp
      this.#forward(kind, packet)
      if (now - reportedAt < REPORT_EVERY_MS) return
      reportedAt = now
      const mediaSec = ((timestamp - first) >>> 0) / CLOCK_HZ[kind] - (kind === 'audio' ? OPUS_PRE_SKIP_SEC : 0)
      this.#forward(kind, buildSenderReport(clock.startedMs + mediaSec * 1000, timestamp))
    })
  }

  /** The publisher is gone and its viewers' connections stay, silent, as after a crash of a camera. */
  unpublish(): void {
    this.#publisher++
    this.#closePublisher()
    this.#closePublisher = () => undefined
    this.#askForKeyFrame = () => undefined
  }

  /** WHEP: a viewer; it may come before there is anything to see. */
  async view(offer: string): Promise<{ sdp: string; close: () => void }> {
    const peer = createPeer(`${this.#name} viewer`)
    const tracks = new Map<Kind, Outgoing>()
    for (const media of parseOffer(offer)) {
      const out = new Outgoing({ payloadType: media.payloadType, clockHz: CLOCK_HZ[media.kind] })
      const track = addTrack(peer, media, out.ssrc)
      out.attach(track)
      tracks.set(media.kind, out)
      if (media.kind === 'video') {
        track.setMediaHandler(new datachannel.RtcpNackResponder(RESEND_PACKETS))
        track.onOpen(() => this.#askForKeyFrame())
      }
      track.onMessage((packet) => {
        if (asksForKeyFrame(packet)) this.#askForKeyFrame()
      })
    }
    const sdp = await answerOffer(peer, offer)
    const viewer = { peer, tracks }
    this.#viewers.add(viewer)
    peer.onStateChange((state) => {
      if (state === 'failed' || state === 'closed' || state === 'disconnected') this.#viewers.delete(viewer)
    })
    return { sdp, close: () => this.#hangUp(viewer) }
  }

  #hangUp(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    viewer.peer.close()
  }

  /** The server ends all its viewers' connections, as in a restart. */
  hangUpAll(): void {
    for (const viewer of [...this.#viewers]) this.#hangUp(viewer)
  }

  /** Sends RTP on, and of RTCP the sender reports: they tie sound and picture together. */
  #forward(kind: Kind, packet: Buffer): void {
    const report = isRtcp(packet) ? findSenderReport(packet) : undefined
    for (const { tracks } of this.#viewers) {
      if (report) tracks.get(kind)?.sendReport(report, this.#publisher)
      else if (!isRtcp(packet)) tracks.get(kind)?.sendMedia(packet, this.#publisher)
    }
  }
}

async function bindUdp(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', resolve)
  })
  return socket
}
