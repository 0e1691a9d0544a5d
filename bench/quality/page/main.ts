import { type BitRate, PictureEncoder } from '../../../recorder-page/encode/index.ts'
import type { EncodeRequest } from '../messages.ts'

/** Pictures that may wait: a recording gives them one by one. */
const WAITING_MAX = 2
const COLOURS = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const

/** Encodes raw pictures of I420 as a recording does, and returns the byte stream. */
async function encode({ url, video, cutEvery, isSteered }: EncodeRequest): Promise<Blob> {
  const raw = new Uint8Array(await (await fetch(url)).arrayBuffer())
  const parts: BlobPart[] = []
  const failed = Promise.withResolvers<never>()
  const rate = isSteered ? undefined : fixedRate(video.bitrateKbps * 1000)
  const encoder = new PictureEncoder(video, (packet) => void parts.push(packet.data.slice()), failed.reject, rate)
  const pictureBytes = (video.width * video.height * 3) / 2
  for (let i = 0; (i + 1) * pictureBytes <= raw.length; i += 1) {
    const frame = new VideoFrame(raw.subarray(i * pictureBytes, (i + 1) * pictureBytes), {
      format: 'I420',
      codedWidth: video.width,
      codedHeight: video.height,
      timestamp: Math.round((i * 1e6) / video.fps),
      colorSpace: COLOURS,
    })
    encoder.encode(frame, { cut: i % cutEvery === 0 })
    while (encoder.queue > WAITING_MAX) await Promise.race([nextTask(), failed.promise])
  }
  await Promise.race([encoder.finish(), failed.promise])
  return new Blob(parts)
}

function fixedRate(bitsPerSecond: number): BitRate {
  return { bitsPerSecond, expectChange: () => undefined, add: () => undefined }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

Object.assign(globalThis, {
  async encodeTo(request: EncodeRequest, target: string): Promise<void> {
    await fetch(target, { method: 'PUT', body: await encode(request) })
  },
})
