/** A box of ISO/IEC 14496-12 §4.2: where it begins, and where its content lies. */
export interface Box {
  readonly type: string
  readonly start: number
  readonly from: number
  readonly to: number
}

type Span = Pick<Box, 'from' | 'to'>

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The boxes of a span, in order; ends at the first one whose size cannot be. */
export function* boxesIn(view: DataView, { from, to }: Span): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const short = view.getUint32(at)
    const head = short === 1 ? 16 : 8
    if (at + head > to) return
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short
    if (size < head) return
    yield { type: typeAt(view, at + 4), start: at, from: at + head, to: Math.min(to, at + size) }
    at += size
  }
}

/** The box at the end of a path of first children; undefined when one is missing. */
export function findBox(view: DataView, within: Span, ...path: readonly string[]): Box | undefined {
  let found: Box | undefined
  for (const type of path) {
    found = firstBox(view, found ?? within, type)
    if (found === undefined) return undefined
  }
  return found
}

function firstBox(view: DataView, within: Span, type: string): Box | undefined {
  for (const box of boxesIn(view, within)) if (box.type === type) return box
  return undefined
}

export function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}

/** The version of a full box (§4.2.2), and its flags. */
export function versionOf(view: DataView, box: Box): number {
  return view.getUint8(box.from)
}

export function flagsOf(view: DataView, box: Box): number {
  return view.getUint32(box.from) & 0xffffff
}
