import { stringify } from 'safe-stable-stringify'

/**
 * The order of two writes to one field: by time, then the hub's sequence, then the signal's id, then the value itself.
 * Equal stamps mean equal values, so a field ends the same whatever the order of arrival.
 */
export interface Stamp {
  readonly at: number
  readonly seq: number
  readonly id: string
  /** The written value as JSON. */
  readonly value: string
}

/** Negative when `a` is older than `b`. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.at - b.at || a.seq - b.seq || compareText(a.id, b.id) || compareText(a.value, b.value)
}

/** Compares by code unit: the same on every machine, unlike a locale's order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** JSON with sorted keys: equal values give equal texts whoever wrote them. Undefined gives the empty text. */
export function canonicalJson(value: unknown): string {
  return stringify(value) ?? ''
}
