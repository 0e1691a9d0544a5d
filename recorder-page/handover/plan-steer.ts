/**
 * The aim: how far ahead of its recording a source is played. Frames reach the pacer up to two refreshes late, on a busy
 * machine later; each further millisecond costs memory.
 */
export const AIM_MS = 190
/** This near to the aim is good enough: the pacer corrects the rest, to the frame, and the sound's delay with it. */
const GOOD_MS = 100
/** A player that is farther off seeks; a nearer one changes its rate, which loses no buffer. */
const SEEK_FROM_MS = 700
/** Where each seek takes another time, as on a busy machine, a further seek would not come nearer than this. */
const SEEK_AGAIN_FROM_MS = 2000
const SURE_SEEKS = 2
const RATE_CHANGE = 0.25

type Steer =
  | { readonly kind: 'good' }
  /** Move the player by this much of its media. */
  | { readonly kind: 'seek'; readonly byMs: number }
  | { readonly kind: 'rate'; readonly rate: number; readonly forMs: number }

/** Brings a player to `AIM_MS` ahead of its recording, when it is `lookBackMs` ahead now and was moved `seeks` times. */
export function planSteer(lookBackMs: number, seeks: number): Steer {
  const excessMs = lookBackMs - AIM_MS
  if (Math.abs(excessMs) <= GOOD_MS) return { kind: 'good' }
  const seekFromMs = seeks < SURE_SEEKS ? SEEK_FROM_MS : SEEK_AGAIN_FROM_MS
  if (Math.abs(excessMs) > seekFromMs) return { kind: 'seek', byMs: -excessMs }
  const rate = excessMs > 0 ? 1 - RATE_CHANGE : 1 + RATE_CHANGE
  return { kind: 'rate', rate, forMs: Math.abs(excessMs) / RATE_CHANGE }
}
