import type { Stereo } from './sinc.ts'

/** Gain of the channels that are mixed into two (ITU-R BS.775-4 annex 4). */
const SIDE_GAIN = Math.SQRT1_2

/** The sound as left and right: one channel becomes both, of more the front ones lead. The low frequencies' own channel is left out. */
export function stereoOf(sound: AudioData): Stereo {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, planeIndex) => {
    const channel = new Float32Array(sound.numberOfFrames)
    sound.copyTo(channel, { planeIndex, format: 'f32-planar' })
    return channel
  })
  const [left, right, centre, , surroundLeft, surroundRight] = channels
  if (left === undefined) return { left: new Float32Array(), right: new Float32Array() }
  if (right === undefined) return { left, right: left }
  for (const [to, ...others] of [
    [left, centre, surroundLeft],
    [right, centre, surroundRight],
  ]) {
    for (const other of others) addInto(to ?? left, other)
  }
  return { left, right }
}

function addInto(to: Float32Array, other: Float32Array | undefined): void {
  if (other === undefined) return
  for (const [i, sample] of other.entries()) to[i] = (to[i] ?? 0) + SIDE_GAIN * sample
}
