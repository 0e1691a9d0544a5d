import { expect, test } from 'vitest'
import { SoundRun } from '../../recorder-page/encode/sound-run.ts'
import { SoundTimeline } from '../../recorder-page/encode/sound-timeline.ts'

const RATE = 48000
const BLOCK = 1024

/** A run that begins when the audio context is at zero; each sample is its own context frame. */
function open(beginMs = 0) {
  const timeline = new SoundTimeline(RATE, beginMs)
  timeline.addReading({ contextSec: 0, atMs: 0 })
  const heard: number[] = []
  const encoder = {
    encode: (samples: Float32Array<ArrayBuffer>) => void heard.push(...samples.subarray(0, samples.length / 2)),
    encodeSilence: (frames: number) => void heard.push(...new Array<number>(frames).fill(-1)),
    finish: async () => void heard.push(Number.NaN),
  }
  const run = new SoundRun({ encoder, timeline, leadMs: 0, meter: undefined })
  const block = (frame: number) => {
    const samples = new Float32Array(2 * BLOCK)
    for (let i = 0; i < BLOCK; i += 1) samples[i] = frame + i
    return { frame, samples }
  }
  return { run, heard, add: (frame: number) => run.add(block(frame)) }
}
const count = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

test('begins with its first sample, whatever came before', () => {
  const { add, heard } = open(10)
  add(0)
  add(BLOCK)
  expect(heard).toEqual(count(480, 2 * BLOCK))
})

test('ends at the sample that was asked for, when the sound comes that is still under way', async () => {
  const { run, add, heard } = open()
  add(0)
  const end = run.endAt(30)
  add(BLOCK)
  add(2 * BLOCK)
  await end
  expect(heard).toEqual([...count(0, 1440), Number.NaN])
})

test('ends with silence when the sound does not come', async () => {
  const { run, add, heard } = open()
  add(0)
  await run.endAt(30)
  expect(heard).toEqual([...count(0, BLOCK), ...new Array<number>(1440 - BLOCK).fill(-1), Number.NaN])
})

test('ends in a hole of the sound', async () => {
  const { run, add, heard } = open()
  add(0)
  const end = run.endAt(30)
  add(4 * BLOCK)
  await end
  expect(heard).toEqual([...count(0, BLOCK), ...new Array<number>(1440 - BLOCK).fill(-1), Number.NaN])
})
