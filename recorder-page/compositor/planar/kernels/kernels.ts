/** The functions of `assembly/`. All numbers are addresses in the memory, strides, and sizes in samples, or as the kernel says. */
interface KernelCode {
  readonly memory: WebAssembly.Memory
  scalePlane(
    src: number,
    srcStride: number,
    rows: number,
    length: number,
    y0: number,
    dy: number,
    table: number,
    dst: number,
    dstStride: number,
    width: number,
    height: number,
    line: number,
    out: number,
  ): void
  halvePlane(src: number, srcStride: number, dst: number, dstStride: number, width: number, height: number): void
  blendPlane(
    dst: number,
    dstStride: number,
    src: number,
    alpha: number,
    stride: number,
    width: number,
    height: number,
    opacity: number,
  ): void
  maskPlane(
    dst: number,
    dstStride: number,
    src: number,
    srcStride: number,
    mask: number,
    maskStride: number,
    width: number,
    height: number,
    opacity: number,
  ): void
  fillPlane(dst: number, stride: number, width: number, height: number, value: number): void
  copyPlane(dst: number, dstStride: number, src: number, srcStride: number, width: number, height: number): void
  splitChroma(src: number, srcStride: number, u: number, v: number, stride: number, width: number, height: number): void
  turnPlane(src: number, dx: number, dy: number, dst: number, stride: number, width: number, height: number): void
  setRecolour(...matrix: Recolour): void
  recolour(y: number, u: number, v: number, stride: number, strideC: number, width: number, height: number): void
  setMatrix(...matrix: RgbMatrix): void
  planesFromRgba(
    src: number,
    srcStride: number,
    width: number,
    height: number,
    y: number,
    a: number,
    stride: number,
    u: number,
    v: number,
    ac: number,
    strideC: number,
  ): number
  samePlane(a: number, b: number, stride: number, width: number, height: number): number
}

/** From YUV to YUV, in 1/16384; the last is the source's sample of black. */
export type Recolour = readonly [
  yFromY: number,
  yFromU: number,
  yFromV: number,
  uFromU: number,
  uFromV: number,
  vFromU: number,
  vFromV: number,
  offset: number,
]

/** From RGB to YUV of limited range, in 1/32768. */
export type RgbMatrix = readonly [
  yFromR: number,
  yFromG: number,
  yFromB: number,
  uFromR: number,
  uFromG: number,
  uFromB: number,
  vFromR: number,
  vFromG: number,
  vFromB: number,
]

const PAGE = 65536
/** Below it lies the module's own data. */
const FIRST = PAGE
/** Kernels read up to two vectors beyond a row's end. */
const ROOM = 32
const ALIGNMENT = 64

interface Block {
  readonly at: number
  readonly size: number
}

/** The kernels, and the memory that they work in. */
export class Kernels {
  readonly code: KernelCode
  #bytes: Uint8Array<ArrayBuffer>
  #end = FIRST
  readonly #free: Block[] = []
  readonly #used = new Map<number, number>()

  private constructor(code: KernelCode) {
    this.code = code
    this.#bytes = viewOf(code.memory)
  }

  /** Rejects where the browser cannot run them. */
  static async instantiate(wasm: BufferSource): Promise<Kernels> {
    const { instance } = await WebAssembly.instantiate(wasm, {})
    return new Kernels(instance.exports as unknown as KernelCode)
  }

  /** All of the memory. A `take` may move it, so it is asked for at each use. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.code.memory.buffer) this.#bytes = viewOf(this.code.memory)
    return this.#bytes
  }

  /** The address of so many bytes, all 0, with room behind them for what kernels read beyond their end. */
  take(length: number): number {
    const size = Math.ceil((length + ROOM) / ALIGNMENT) * ALIGNMENT
    const fit = this.#free.findIndex((block) => block.size >= size && block.size < 2 * size)
    const block = this.#free.splice(fit, fit === -1 ? 0 : 1)[0] ?? this.#grow(size)
    this.#used.set(block.at, block.size)
    this.bytes.fill(0, block.at, block.at + block.size)
    return block.at
  }

  give(at: number): void {
    const size = this.#used.get(at)
    if (size === undefined) return
    this.#used.delete(at)
    this.#free.push({ at, size })
  }

  #grow(size: number): Block {
    const at = this.#end
    this.#end += size
    const missing = this.#end - this.code.memory.buffer.byteLength
    if (missing > 0) this.code.memory.grow(Math.ceil(missing / PAGE))
    return { at, size }
  }
}

function viewOf(memory: WebAssembly.Memory): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer as ArrayBuffer)
}
