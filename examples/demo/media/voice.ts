import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FPS, LOOP_SEC, type Person } from '../cast.ts'
import { runFfmpeg, type Tools } from './tools.ts'

const SAMPLE_RATE = 48000
/** Enough for the loudness of one frame, and cheap to read. */
const LIP_RATE = 16000
/** How long a line lasts when a tone stands in for the voice. */
const TONE_LINE_SEC = 3

export interface Voice {
  /** 48 kHz mono, exactly one loop long. */
  readonly wavPath: string
  /** How far the mouth is open in each frame of the loop, 0 to 1. */
  readonly mouth: readonly number[]
}

/** Speaks a person's lines at their times; without flite a warbling tone takes the place of the words. */
export async function recordVoice(
  tools: Tools,
  person: Person,
  options: { readonly folder: string; readonly spoken: boolean; readonly signal: AbortSignal },
): Promise<Voice> {
  const { folder, spoken, signal } = options
  const wavPath = join(folder, `${person.id}.wav`)
  const inputs: string[] = []
  for (const [index, line] of person.lines.entries()) {
    const textPath = join(folder, `${person.id}-${index}.txt`)
    await writeFile(textPath, line.text)
    inputs.push('-f', 'lavfi', '-i', spoken ? speech(person, textPath) : tone(person))
  }
  await runFfmpeg(tools, [...inputs, '-filter_complex', mixLines(person, spoken), '-map', '[voice]', wavPath], signal)
  const pcm = await runFfmpeg(tools, ['-i', wavPath, '-ac', '1', '-ar', `${LIP_RATE}`, '-f', 's16le', '-'], signal)
  return { wavPath, mouth: planMouth(pcm) }
}

function speech(person: Person, textPath: string): string {
  return `flite=textfile='${textPath}':voice=${person.voice.name}`
}

function tone(person: Person): string {
  return `aevalsrc='0.25*sin(2*PI*${person.toneHz}*t)*abs(sin(2*PI*2.1*t))':s=${SAMPLE_RATE}:d=${TONE_LINE_SEC}`
}

function mixLines(person: Person, spoken: boolean): string {
  const raise = spoken ? person.voice.pitch : 1
  const lines = person.lines.map((line, index) => {
    const pitch = `aresample=${SAMPLE_RATE},asetrate=${Math.round(SAMPLE_RATE * raise)},aresample=${SAMPLE_RATE}`
    const calm = `atempo=${(1 / raise).toFixed(4)},highpass=f=90,volume=1.4`
    return `[${index}:a]${pitch},${calm},adelay=${Math.round(line.atSec * 1000)}:all=1[line${index}]`
  })
  const names = person.lines.map((_, index) => `[line${index}]`).join('')
  const mix = `${names}amix=inputs=${person.lines.length}:normalize=0:duration=longest`
  return [...lines, `${mix},apad,atrim=0:${LOOP_SEC},alimiter=limit=0.8[voice]`].join(';')
}

/** Opens the mouth with the loudness of each frame's sound, quick to open and slower to close. */
function planMouth(pcm: Buffer): number[] {
  const perFrame = LIP_RATE / FPS
  const frames = LOOP_SEC * FPS
  const loudness = Array.from({ length: frames }, (_, frame) => rms(pcm, frame * perFrame, perFrame))
  const loudest = Math.max(...loudness, 1)
  let open = 0
  return loudness.map((value) => {
    const target = Math.min(1, (value / loudest) * 1.5)
    open = target > open ? 0.25 * open + 0.75 * target : 0.55 * open + 0.45 * target
    return Math.round(open * 1000) / 1000
  })
}

function rms(pcm: Buffer, from: number, count: number): number {
  let sum = 0
  const to = Math.min(from + count, Math.floor(pcm.length / 2))
  for (let index = from; index < to; index++) sum += pcm.readInt16LE(index * 2) ** 2
  return Math.sqrt(sum / count)
}
