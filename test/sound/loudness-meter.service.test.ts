import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { LoudnessMeter } from '../../recorder-page/sound/loudness-meter.ts'
import { runFfmpeg } from '../kit/index.ts'

const RATE = 48000
/** The size of the blocks of the mix. */
const BLOCK = 1024
/** What two meters of EBU Mode may differ by; ours differs by rounding alone. */
const TOLERANCE_LU = 0.3
const SILENCE_LUFS = -70

interface Reading {
  readonly endSec: number
  readonly lufs: number
}

/** Speech-like and loud noise, tones low and high, one channel alone, and silence: each part 2 s. */
const PARTS = [
  'anoisesrc=color=pink:seed=1:d=2:r=48000:a=0.1,pan=stereo|c0=c0|c1=0.5*c0',
  'anoisesrc=color=white:seed=2:d=2:r=48000:a=0.8,pan=stereo|c0=c0|c1=c0',
  'sine=frequency=60:sample_rate=48000:duration=2,volume=4,pan=stereo|c0=c0|c1=-1*c0',
  'anullsrc=r=48000:cl=stereo,atrim=duration=2',
  'sine=frequency=9000:sample_rate=48000:duration=2,pan=stereo|c0=0*c0|c1=c0',
  'anoisesrc=color=brown:seed=3:d=2:r=48000:a=0.02,pan=stereo|c0=c0|c1=c0',
]

async function makeSound(path: string): Promise<Float32Array> {
  const inputs = PARTS.flatMap((part) => ['-f', 'lavfi', '-i', part])
  const concat = `concat=n=${PARTS.length}:v=0:a=1`
  await runFfmpeg([...inputs, '-filter_complex', concat, '-f', 'f32le', path])
  const bytes = new Uint8Array(await readFile(path))
  return new Float32Array(bytes.buffer)
}

async function askFfmpeg(path: string): Promise<Reading[]> {
  const filter = 'ebur128=metadata=1,ametadata=print:key=lavfi.r128.M:file=-'
  const input = ['-v', 'error', '-f', 'f32le', '-ar', String(RATE), '-ac', '2', '-i', path]
  const { stdout } = await promisify(execFile)('ffmpeg', [...input, '-af', filter, '-f', 'null', '-'])
  return [...stdout.matchAll(/pts:(\d+).*\n.*M=(\S+)/g)].map(([, pts, lufs]) => ({
    endSec: (Number(pts) + RATE / 10) / RATE,
    lufs: Number(lufs),
  }))
}

function measure(interleaved: Float32Array): Reading[] {
  const readings: Reading[] = []
  const meter = new LoudnessMeter((endSec, lufs) => readings.push({ endSec, lufs }))
  for (let at = 0; at < interleaved.length / 2; at += BLOCK) {
    const length = Math.min(BLOCK, interleaved.length / 2 - at)
    meter.add(
      Float32Array.from(
        { length: 2 * length },
        (_, i) => interleaved[2 * (at + (i % length)) + Number(i >= length)] ?? 0,
      ),
    )
  }
  return readings
}

describe('the loudness meter', () => {
  it("reads what FFmpeg's EBU R 128 meter reads, ten times a second", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'panorec-loudness-'))
    try {
      const path = join(folder, 'sound.f32')
      const ours = measure(await makeSound(path))
      const theirs = (await askFfmpeg(path)).filter(({ endSec }) => endSec > 0.35)
      expect(ours.length).toBeGreaterThanOrEqual(PARTS.length * 20 - 4)
      expect(ours.map(({ endSec }) => endSec)).toEqual(theirs.slice(0, ours.length).map(({ endSec }) => endSec))
      ours.forEach(({ lufs }, i) => {
        const theirLufs = Math.max(SILENCE_LUFS, theirs[i]?.lufs ?? Number.NaN)
        expect(Math.abs(lufs - theirLufs)).toBeLessThan(TOLERANCE_LU)
      })
      expect(Math.max(...ours.map(({ lufs }) => lufs)) - Math.min(...ours.map(({ lufs }) => lufs))).toBeGreaterThan(40)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('reads a full-scale 997 Hz sine in one channel as -3.01 LUFS (BS.1770-5 §3)', () => {
    const sine = Float32Array.from({ length: 2 * RATE }, (_, i) =>
      i % 2 === 0 ? Math.sin((2 * Math.PI * 997 * i) / 2 / RATE) : 0,
    )
    expect(measure(sine).at(-1)?.lufs).toBeCloseTo(-3.01, 1)
  })

  it('counts silence that takes the place of sound', () => {
    const readings: Reading[] = []
    const meter = new LoudnessMeter((endSec, lufs) => readings.push({ endSec, lufs }))
    meter.addSilence(RATE * 2 + 100)
    meter.add(new Float32Array(2 * RATE).fill(0.5))
    meter.addSilence(RATE)
    expect(readings.map(({ endSec }) => endSec)).toEqual(Array.from({ length: 37 }, (_, i) => (i + 4) / 10))
    expect(readings.slice(0, 17).every(({ lufs }) => lufs === SILENCE_LUFS)).toBe(true)
    expect(readings.at(-1)?.lufs).toBe(SILENCE_LUFS)
  })
})
