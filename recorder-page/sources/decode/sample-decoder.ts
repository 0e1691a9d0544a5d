import type { Sample, StreamConfig } from './sample.ts'

/** Sound that so many times in a row came out with more samples behind it than wait has lost some of them: nothing came of these. */
const UNPAIRED_OUTPUTS = 16
/** A sample that did not come out when one of so much later does was swallowed by the decoder. */
const SWALLOWED_SEC = 1

interface SampleDecoderOptions<Output> {
  /** Takes ownership of what was decoded. */
  readonly onOutput: (output: Output, sample: Sample) => void
  /** The decoder refused a sample; it goes on with the next key frame. */
  readonly onError: (error: Error) => void
}

/** What both decoders of WebCodecs have. */
interface Decoder {
  /**
   * Pictures come out with the times of their samples, in another order. Sound comes out in order, and Chrome gives it times of its
   * own: that of the first sample, and from there on it counts frames.
   */
  readonly keepsTimes: boolean
  readonly state: CodecState
  readonly decodeQueueSize: number
  decode(sample: Sample): void
  flush(): Promise<void>
  close(): void
}

type Open<Output> = (
  config: StreamConfig,
  callbacks: { readonly output: (output: Output) => void; readonly error: (error: Error) => void },
) => Decoder

/**
 * Decodes one stream, in order, through changes of its configuration: the pictures of the old one are out before the first of the
 * new one.
 */
export class SampleDecoder<Output extends { readonly timestamp: number; close(): void }> {
  readonly #open: Open<Output>
  readonly #options: SampleDecoderOptions<Output>
  #inFlight: Sample[] = []
  /** The fewest samples that were too many at one of the last outputs, and how many outputs that were. */
  #unpaired = { fewest: Number.POSITIVE_INFINITY, outputs: 0 }
  #decoder: Decoder | undefined
  #configKey: string | undefined
  /** Samples that wait until the old configuration's are out. */
  #waiting: Sample[] | undefined
  #needsKey = true

  constructor(open: Open<Output>, options: SampleDecoderOptions<Output>) {
    this.#open = open
    this.#options = options
  }

  /** Samples that are not decoded yet. */
  get queued(): number {
    return (this.#decoder?.decodeQueueSize ?? 0) + (this.#waiting?.length ?? 0)
  }

  decode(sample: Sample): void {
    if (this.#waiting !== undefined) this.#waiting.push(sample)
    else if (this.#decoder !== undefined && sample.config.key !== this.#configKey) this.#change(sample, this.#decoder)
    else this.#decode(sample)
  }

  /** What was given to the decoder comes out, although nothing follows; resolves when it is out, or never will be. */
  async drain(): Promise<void> {
    if (this.#decoder?.state !== 'configured') return
    this.#needsKey = true
    await this.#decoder.flush().catch(() => undefined)
  }

  /** Forgets everything that is not out yet. */
  reset(): void {
    const decoder = this.#decoder
    this.#decoder = undefined
    this.#waiting = undefined
    this.#needsKey = true
    this.#inFlight = []
    this.#unpaired = { fewest: Number.POSITIVE_INFINITY, outputs: 0 }
    if (decoder !== undefined && decoder.state !== 'closed') decoder.close()
  }

  #decode(sample: Sample): void {
    if (this.#needsKey && !sample.isKey) return
    this.#needsKey = false
    try {
      this.#decoder ??= this.#opened(sample.config)
      this.#inFlight.push(sample)
      this.#decoder.decode(sample)
    } catch (thrown) {
      this.reset()
      this.#options.onError(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
  }

  #opened(config: StreamConfig): Decoder {
    this.#configKey = config.key
    const decoder = this.#open(config, {
      output: (output) => this.#onOutput(output, decoder),
      error: (error) => this.#onError(error, decoder),
    })
    return decoder
  }

  #onOutput(output: Output, decoder: Decoder): void {
    const sample = decoder === this.#decoder ? this.#take(output, decoder) : undefined
    if (sample === undefined) output.close()
    else this.#options.onOutput(output, sample)
  }

  #take({ timestamp }: Output, decoder: Decoder): Sample | undefined {
    if (!decoder.keepsTimes) return this.#takeFirst(decoder)
    const index = this.#inFlight.findIndex((sample) => timestampUs(sample) === timestamp)
    const [sample] = index === -1 ? [] : this.#inFlight.splice(index, 1)
    if (sample !== undefined) {
      this.#inFlight = this.#inFlight.filter(({ ptsSec }) => ptsSec > sample.ptsSec - SWALLOWED_SEC)
    }
    return sample
  }

  /**
   * Sound comes out in the order in which it went in, but nothing may come of a sample, without an error. What came out and was not
   * taken yet by the decoder is all there should be: where more is there for long, so much had nothing come of it.
   */
  #takeFirst(decoder: Decoder): Sample | undefined {
    const tooMany = Math.max(0, this.#inFlight.length - 1 - decoder.decodeQueueSize)
    const { fewest, outputs } = this.#unpaired
    this.#unpaired = { fewest: Math.min(fewest, tooMany), outputs: outputs + 1 }
    if (this.#unpaired.outputs === UNPAIRED_OUTPUTS) {
      this.#inFlight.splice(0, this.#unpaired.fewest)
      this.#unpaired = { fewest: Number.POSITIVE_INFINITY, outputs: 0 }
    }
    return this.#inFlight.shift()
  }

  #onError(error: Error, decoder: Decoder): void {
    if (decoder !== this.#decoder) return
    this.reset()
    this.#options.onError(error)
  }

  #change(sample: Sample, old: Decoder): void {
    const waiting = [sample]
    this.#waiting = waiting
    old
      .flush()
      .catch(() => undefined)
      .then(() => {
        if (this.#waiting !== waiting) return
        this.reset()
        for (const next of waiting) this.decode(next)
      })
  }
}

function timestampUs({ ptsSec }: Sample): number {
  return Math.round(ptsSec * 1e6)
}

export function openVideo(config: StreamConfig, { output, error }: Parameters<Open<VideoFrame>>[1]): Decoder {
  if (config.kind !== 'video') throw strayKind(config)
  const decoder = new VideoDecoder({ output, error })
  decoder.configure({
    ...config.decoder,
    // A frame comes out as soon as it can, and no GPU is asked for one.
    optimizeForLatency: true,
    hardwareAcceleration: 'prefer-software',
  })
  return wrap(decoder, (sample) => decoder.decode(new EncodedVideoChunk(chunkOf(sample))), { keepsTimes: true })
}

export function openAudio(config: StreamConfig, { output, error }: Parameters<Open<AudioData>>[1]): Decoder {
  if (config.kind !== 'audio') throw strayKind(config)
  const decoder = new AudioDecoder({ output, error })
  decoder.configure(config.decoder)
  return wrap(decoder, (sample) => decoder.decode(new EncodedAudioChunk(chunkOf(sample))), { keepsTimes: false })
}

function wrap(
  decoder: VideoDecoder | AudioDecoder,
  decode: (sample: Sample) => void,
  { keepsTimes }: Pick<Decoder, 'keepsTimes'>,
): Decoder {
  return {
    keepsTimes,
    get state() {
      return decoder.state
    },
    get decodeQueueSize() {
      return decoder.decodeQueueSize
    },
    decode,
    flush: () => decoder.flush(),
    close: () => decoder.close(),
  }
}

function strayKind(config: StreamConfig): Error {
  return new Error(`A stream of ${config.kind} came to the decoder of another kind`)
}

function chunkOf(sample: Sample): EncodedVideoChunkInit {
  return {
    type: sample.isKey ? 'key' : 'delta',
    timestamp: timestampUs(sample),
    duration: Math.round(sample.durationSec * 1e6),
    data: sample.data as Uint8Array<ArrayBuffer>,
  }
}
