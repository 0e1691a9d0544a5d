import Hls from 'hls.js'
import { vi } from 'vitest'
import { type LiveStream, numberOf } from './live-stream.ts'

/** A decoder needs some time. */
const DECODE_MS = 3
const RATE = 48000
const AAC_FRAME = 1024
const CLICK_FRAMES = 4
const CLICK = 0.5

interface Chunk {
  readonly type: 'key' | 'delta'
  readonly timestamp: number
  readonly data: Uint8Array
}

/** What came out of a decoder of these: which sample it was. */
export interface Decoded {
  readonly timestamp: number
  readonly number: number
  readonly codec: string
  readonly sampleRate: number
  readonly numberOfFrames: number
  readonly numberOfChannels: number
  /** As sound: a click where the stream's own time is a whole second. */
  copyTo(samples: Float32Array): void
  close(): void
}

/** The number of a sample that no decoder takes. */
export const broken: { number: number | undefined } = { number: undefined }
/** The number of a sample of which nothing comes, without a word. */
export const swallowed: { number: number | undefined } = { number: undefined }

/** Stands in for Chrome's decoder of pictures: gives out each sample, in order, and insists on a key frame where one is due. */
class StandInVideoDecoder {
  state: CodecState = 'unconfigured'
  decodeQueueSize = 0
  readonly #callbacks: { output(output: Decoded): void; error(error: Error): void }
  #needsKey = true
  #codec = ''

  constructor(callbacks: { output(output: Decoded): void; error(error: Error): void }) {
    this.#callbacks = callbacks
  }

  static async isConfigSupported(): Promise<{ supported: boolean }> {
    return { supported: true }
  }

  configure({ codec }: { readonly codec: string }): void {
    this.#codec = codec
    this.state = 'configured'
  }

  decode({ type, timestamp, data }: Chunk): void {
    if (this.state !== 'configured') throw new Error('not configured')
    if (this.#needsKey && type !== 'key') throw new Error('a key frame is due')
    this.#needsKey = false
    this.decodeQueueSize += 1
    const number = numberOf(data)
    const out = {
      timestamp,
      number,
      codec: this.#codec,
      sampleRate: RATE,
      numberOfFrames: AAC_FRAME,
      numberOfChannels: 1,
      copyTo: (samples: Float32Array) => click(samples, number * AAC_FRAME),
      close: () => undefined,
    }
    setTimeout(() => {
      this.decodeQueueSize -= 1
      if (number === broken.number) return this.#fail()
      if (number === swallowed.number) return
      if (this.state === 'configured') this.#callbacks.output(out)
    }, DECODE_MS)
  }

  /** As a decoder does that was given something broken: it is closed, and says so. */
  #fail(): void {
    if (this.state !== 'configured') return
    this.state = 'closed'
    this.#callbacks.error(new Error('broken'))
  }

  async flush(): Promise<void> {
    this.#needsKey = true
    await new Promise((resolve) => setTimeout(resolve, 2 * DECODE_MS))
  }

  close(): void {
    this.state = 'closed'
  }
}

/** Chrome's decoder of sound: it takes the time of the first sample, not below zero, and counts frames from there. */
class StandInAudioDecoder extends StandInVideoDecoder {
  #baseUs: number | undefined
  #frames = 0

  override decode(chunk: Chunk): void {
    this.#baseUs ??= Math.max(0, chunk.timestamp)
    const timestamp = this.#baseUs + Math.floor((this.#frames * 1e6) / RATE)
    this.#frames += AAC_FRAME
    super.decode({ ...chunk, timestamp })
  }
}

class StandInChunk {
  constructor(init: Chunk) {
    Object.assign(this, init)
  }
}

/** `first` is the number of the first of these samples, from the beginning of the stream. */
function click(samples: Float32Array, first: number): void {
  for (let i = 0; i < samples.length; i += 1) samples[i] = (first + i) % RATE < CLICK_FRAMES ? CLICK : 0
}

/** Makes of Node what hls.js and a player need of a worker of Chrome, with this stream behind every request. */
export function standInForChrome(stream: () => LiveStream): void {
  vi.stubGlobal('self', globalThis)
  vi.stubGlobal('location', { href: 'http://stream.test/', protocol: 'http:' })
  vi.stubGlobal('MediaSource', { isTypeSupported: () => true })
  vi.stubGlobal('VideoDecoder', StandInVideoDecoder)
  vi.stubGlobal('AudioDecoder', StandInAudioDecoder)
  vi.stubGlobal('EncodedVideoChunk', StandInChunk)
  vi.stubGlobal('EncodedAudioChunk', StandInChunk)
  Hls.DefaultConfig.loader = loaderOf(stream)
}

type Loader = InstanceType<typeof Hls.DefaultConfig.loader>

function loaderOf(stream: () => LiveStream): typeof Hls.DefaultConfig.loader {
  return class {
    context: Loader['context'] = null
    readonly stats = {
      aborted: false,
      loaded: 0,
      retry: 0,
      total: 0,
      chunkCount: 0,
      bwEstimate: 0,
      loading: { start: 0, first: 0, end: 0 },
      parsing: { start: 0, end: 0 },
      buffering: { start: 0, first: 0, end: 0 },
    }

    load(...[context, , callbacks]: Parameters<Loader['load']>): void {
      this.context = context
      this.stats.loading.start = performance.now()
      void stream()
        .answer(context.url)
        .then((answer) => {
          if (this.stats.aborted) return
          if (answer === undefined) return callbacks.onError({ code: 503, text: 'refused' }, context, null, this.stats)
          this.stats.loading.first = this.stats.loading.end = performance.now()
          this.stats.loaded = this.stats.total = answer.length
          const data = typeof answer === 'string' ? answer : (answer.buffer as ArrayBuffer)
          callbacks.onSuccess({ url: context.url, data, code: 200 }, this.stats, context, null)
        })
    }

    abort(): void {
      this.stats.aborted = true
    }

    destroy(): void {
      this.stats.aborted = true
    }
  }
}
