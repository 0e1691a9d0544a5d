/** A byte of a packet; 0 behind the end of one that is cut off. */
export const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0
