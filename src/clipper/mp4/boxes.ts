/** A box: its size, its four letters, its content (ISO/IEC 14496-12 §4.2). */
export function box(type: string, ...content: readonly Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.byteLength, 8)
  return Buffer.concat([u32(size), Buffer.from(type, 'latin1'), ...content], size)
}

/** A box with a version and flags. */
export function fullBox(type: string, flags: number, ...content: readonly Uint8Array[]): Buffer {
  return box(type, u32(flags), ...content)
}

/** Unsigned numbers of 16 bits, most significant byte first. */
export function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, i * 2)
  return bytes
}

/** Unsigned numbers of 32 bits, most significant byte first. */
export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4)
  return bytes
}

/** Unsigned numbers of 64 bits, most significant byte first. */
export function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8)
  for (const [i, value] of values.entries()) bytes.writeBigUInt64BE(BigInt(value), i * 8)
  return bytes
}

/** Zeros: what is reserved. */
export function zeros(count: number): Buffer {
  return Buffer.alloc(count)
}
