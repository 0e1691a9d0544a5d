/** Bytes of one sample of one channel: 16 bits, little endian. */
export const SAMPLE_BYTES = 2

/** Takes raw sound in pieces of exact length. Disposing it ends the stream. */
export class PcmReader implements AsyncDisposable {
  readonly #stream: AsyncIterator<Uint8Array>
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream[Symbol.asyncIterator]()
  }

  /** The next bytes; zeros, which are silence, where the stream has ended. The memory belongs to the caller. */
  async take(bytes: number): Promise<Buffer> {
    while (this.#bytes < bytes) {
      const { done, value } = await this.#stream.next()
      if (done === true) break
      this.#parts.push(value)
      this.#bytes += value.byteLength
    }
    const waiting = Buffer.concat(this.#parts)
    const piece = Buffer.alloc(bytes)
    const taken = waiting.copy(piece)
    this.#parts = [waiting.subarray(taken)]
    this.#bytes -= taken
    return piece
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.return?.()
  }
}

/** An empty stream of samples. */
export async function* noSound(): AsyncGenerator<Uint8Array> {}
