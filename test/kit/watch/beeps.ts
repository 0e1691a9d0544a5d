import { BEEP_SEC, type Pattern } from '../sources/pattern.ts'
import { SAMPLE_RATE, type SoundRun } from './decode.ts'

/** The window of the tone filter: its zeros lie every 100 Hz, where the other sources' tones are. */
const WINDOW = SAMPLE_RATE / 100
/** Against the loudest beep: another source's click reaches a tenth, so what is weaker than this is not a beep. */
const QUIETEST_BEEP = 0.3
/** Of 32768: below this there is no beep at all. */
const SILENCE = 100

/**
 * When each beep of a source begins, seconds of the container's clock, to about a millisecond. The level of the tone in
 * a window around each instant rises in a straight line during an onset, so it passes half of its plateau at the onset.
 */
export function findBeeps(runs: readonly SoundRun[], pattern: Pattern): number[] {
  return runs.flatMap((run) => {
    const level = toneLevel(run.samples, pattern.beepHz)
    return onsets(level).map((sample) => run.ptsSec + sample / SAMPLE_RATE)
  })
}

/** The amplitude of a tone in a window centred on each sample. */
function toneLevel(samples: Int16Array, hz: number): Float32Array {
  const level = new Float32Array(samples.length)
  const { cos, sin } = wavesOf(hz)
  let re = 0
  let im = 0
  for (let i = 0, phase = 0; i < samples.length; i++, phase = phase + 1 === cos.length ? 0 : phase + 1) {
    const change = (samples[i] ?? 0) - (i < WINDOW ? 0 : (samples[i - WINDOW] ?? 0))
    re += change * (cos[phase] ?? 0)
    im += change * (sin[phase] ?? 0)
    if (i >= WINDOW / 2) level[i - WINDOW / 2] = (Math.sqrt(re * re + im * im) * 2) / WINDOW
  }
  return level
}

/** As many samples of a tone as come back after a whole number of its periods: a second at most. */
function wavesOf(hz: number): { readonly cos: Float64Array; readonly sin: Float64Array } {
  let length = 1
  while ((length * hz) % SAMPLE_RATE !== 0) length++
  const step = (2 * Math.PI * hz) / SAMPLE_RATE
  return {
    cos: Float64Array.from({ length }, (_, i) => Math.cos(step * i)),
    sin: Float64Array.from({ length }, (_, i) => Math.sin(step * i)),
  }
}

function onsets(level: Float32Array): number[] {
  const found: number[] = []
  const beep = BEEP_SEC * SAMPLE_RATE
  const quietest = Math.max(SILENCE, QUIETEST_BEEP * loudestOf(level))
  for (let i = 1; i < level.length; i++) {
    if ((level[i] ?? 0) < quietest) continue
    const plateau = loudestOf(level.subarray(i, i + beep))
    let half = i
    while (half < level.length && (level[half] ?? 0) < plateau / 2) half++
    found.push(half)
    i = half + 5 * beep
  }
  return found
}

function loudestOf(level: Float32Array): number {
  let loudest = 0
  for (let i = 0; i < level.length; i++) loudest = Math.max(loudest, level[i] ?? 0)
  return loudest
}
