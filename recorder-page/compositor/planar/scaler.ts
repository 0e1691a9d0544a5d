import type { Rect } from '../../drawing/geometry.ts'
import type { Kernels } from './kernels/kernels.ts'
import { chromaPart, planColumns, planHalvings, planRows } from './plan-scale.ts'
import { wholeOf } from './plane-work.ts'
import { type Plane, type Planes, partsOf, takePlanes } from './planes.ts'

interface Table {
  readonly at: number
  /** Columns of the source that are read, from the first one on. */
  readonly reach: number
}

/** A layout has few; transitions have many, each once. */
const KEPT_TABLES = 64

/** Scales parts of planes into rectangles of others: by the mean of four while that is more than 2:1, then bilinearly. */
export class Scaler {
  readonly #kernels: Kernels
  readonly #tables = new Map<string, Table | null>()
  readonly #halves: Planes[] = []
  #line = { at: 0, columns: 0 }
  #out = { at: 0, columns: 0 }

  constructor(kernels: Kernels) {
    this.#kernels = kernels
  }

  /** `part` is in samples of the source, and may be of fractions; `to` is even and within the target. */
  scale(source: Planes, part: Rect, target: Planes, to: Rect): void {
    const plan = planHalvings(part, to)
    const planes = this.#halved(source, plan.count)
    const sources = partsOf(planes, wholeOf(planes))
    const targets = partsOf(target, to)
    const inChroma = chromaPart(plan.part, to)
    this.#scalePlane(sources[0], plan.part, targets[0])
    this.#scalePlane(sources[1], inChroma, targets[1])
    this.#scalePlane(sources[2], inChroma, targets[2])
  }

  #scalePlane(source: Plane, part: Rect, target: Plane): void {
    const table = this.#table(source.width, part, target.width)
    const reach = table?.reach ?? target.width
    const offset = table === null ? Math.round(part.x) : 0
    const { y0, dy } = planRows(part.y, part.height, target.height)
    this.#kernels.code.scalePlane(
      ...([source.at + offset, source.stride, source.height, reach, y0, dy, table?.at ?? 0] as const),
      ...([target.at, target.stride, target.width, target.height] as const),
      this.#room(reach, target.width),
      this.#out.at,
    )
  }

  /** Grows the rows that the kernel works in. Returns the address of the first. */
  #room(columns: number, outColumns: number): number {
    if (this.#line.columns < columns) this.#line = this.#grow(this.#line.at, columns, 2)
    if (this.#out.columns < outColumns) this.#out = this.#grow(this.#out.at, outColumns, 1)
    return this.#line.at
  }

  #grow(before: number, columns: number, bytes: number): { readonly at: number; readonly columns: number } {
    this.#kernels.give(before)
    return { at: this.#kernels.take(bytes * (columns + 16)), columns }
  }

  /** Null where columns are only copied. */
  #table(sourceWidth: number, { x, width }: Rect, count: number): Table | null {
    const key = `${sourceWidth}|${x}|${width}|${count}`
    const known = this.#tables.get(key)
    if (known !== undefined) return known
    const plan = planColumns({ x, width, sourceWidth, count })
    const table = plan === null ? null : { at: this.#kernels.take(plan.table.length), reach: plan.reach }
    if (plan !== null && table !== null) this.#kernels.bytes.set(plan.table, table.at)
    this.#forgetOldest()
    this.#tables.set(key, table)
    return table
  }

  #forgetOldest(): void {
    const [oldest] = this.#tables.keys()
    if (oldest === undefined || this.#tables.size < KEPT_TABLES) return
    this.#kernels.give(this.#tables.get(oldest)?.at ?? 0)
    this.#tables.delete(oldest)
  }

  #halved(source: Planes, count: number): Planes {
    let planes = source
    for (let level = 0; level < count; level += 1) {
      const half = this.#halfOf(planes, level)
      const targets = partsOf(half, wholeOf(half))
      partsOf(planes, wholeOf(planes)).forEach(({ at, stride }, index) => {
        const target = targets[index]
        if (target !== undefined)
          this.#kernels.code.halvePlane(at, stride, target.at, target.stride, target.width, target.height)
      })
      planes = half
    }
    return planes
  }

  /** Planes of half the size, kept for the next picture. */
  #halfOf({ width, height }: Planes, level: number): Planes {
    const size = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) }
    const known = this.#halves[level]
    if (known?.width === size.width && known.height === size.height) return known
    if (known !== undefined) this.#kernels.give(known.at)
    const half = takePlanes(this.#kernels, size)
    this.#halves[level] = half
    return half
  }
}
