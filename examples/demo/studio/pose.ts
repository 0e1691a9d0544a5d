/** The pose of a person in one frame. Angles in radians, lengths in scene units. */
export interface Pose {
  readonly headX: number
  readonly headY: number
  readonly headTilt: number
  /** How far the face is turned aside, -1 to 1. */
  readonly turn: number
  readonly breath: number
  /** 0 open, 1 shut. */
  readonly lids: number
  readonly gazeX: number
  readonly gazeY: number
  readonly brows: number
  readonly mouth: number
  /** 0 hand out of the picture, 1 hand raised in a gesture. */
  readonly hand: number
  readonly handSwing: number
}

const BLINK_SEC = 0.16

/** The pose at a moment; it is the same at the start and at the end of the loop, so that the loop has no seam. */
export function poseAt(moment: { timeSec: number; loopSec: number; mouth: number; phase: number }): Pose {
  const { timeSec, loopSec, mouth, phase } = moment
  const wave = (cycles: number, shift = 0) =>
    Math.sin(2 * Math.PI * ((Math.round(cycles) * timeSec) / loopSec + shift + phase))
  const speaking = Math.min(1, mouth * 3)
  return {
    headX: 7 * wave(4) + 3 * wave(11, 0.3),
    headY: 4 * wave(7, 0.1) - speaking * 2,
    headTilt: 0.028 * wave(5, 0.4) + 0.012 * wave(13),
    turn: 0.6 * wave(3, 0.2) + 0.25 * wave(8, 0.7),
    breath: 0.5 + 0.5 * wave(8, 0.15),
    lids: blink(timeSec + phase * 3, loopSec),
    gazeX: stepped(wave(6, 0.55)),
    gazeY: 0.4 * stepped(wave(4, 0.9)),
    brows: 0.35 * wave(6, 0.25) + 0.5 * speaking,
    mouth,
    hand: clamp(1.6 * wave(3, 0.62) - 0.55),
    handSwing: wave(21, 0.2),
  }
}

function blink(timeSec: number, loopSec: number): number {
  const blinks = [1.4, 4.9, 7.2, 7.6, 11.8, 15.1, 19.3, 22.4, 26.7, 28.9]
  const now = timeSec % loopSec
  const nearest = Math.min(...blinks.map((at) => Math.abs(now - at)))
  return clamp(1.25 - nearest / (BLINK_SEC / 2))
}

/** Eyes rest and jump; they do not drift. */
function stepped(value: number): number {
  return Math.round(value * 1.5) / 1.5
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}
