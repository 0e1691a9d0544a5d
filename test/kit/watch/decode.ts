import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A decoded picture, I420. `data` is only valid during the call that gets it. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}
/** What was read from the picture that is shown from `ptsSec` on, seconds of the container's own clock. */
export interface Timed<T> {
  readonly ptsSec: number
  readonly value: T
}
interface Decoded<T> {
  readonly items: readonly Timed<T>[]
  /** What FFmpeg said at level warning or worse. */
  readonly complaints: readonly string[]
}
export interface Size {
  readonly width: number
  readonly height: number
}

export const SAMPLE_RATE = 48000
/** A run of samples without a hole, beginning at `ptsSec` of the container's own clock. */
export interface SoundRun {
  readonly ptsSec: number
  readonly samples: Int16Array
}

/** Decodes every picture of a file or playlist with its exact PTS and reads something from each. */
export async function decodePictures<T>(input: string, size: Size, read: (picture: Picture) => T): Promise<Decoded<T>> {
  const pictures = new PictureReader(size, read)
  const complaints = await decode(input, [pictures])
  return { items: pictures.items(), complaints }
}

/** Decodes the sound, mixed to mono; a hole or jump of more than a sample in its PTS begins a new run. */
export async function decodeSound(
  input: string,
): Promise<{ runs: readonly SoundRun[]; complaints: readonly string[] }> {
  const sound = new SoundReader()
  const complaints = await decode(input, [sound])
  return { runs: sound.runs(), complaints }
}

/** Pictures and sound in one pass over the input. */
export async function decodeBoth<T>(
  input: string,
  size: Size,
  read: (picture: Picture) => T,
): Promise<Decoded<T> & { readonly runs: readonly SoundRun[] }> {
  const pictures = new PictureReader(size, read)
  const sound = new SoundReader()
  const complaints = await decode(input, [pictures, sound])
  return { items: pictures.items(), runs: sound.runs(), complaints }
}

/** One output of FFmpeg: the bytes of a pipe, and the lines in which a filter tells the times of what is in them. */
interface Reader {
  readonly filter: 'showinfo' | 'ashowinfo'
  readonly arguments: readonly string[]
  onBytes(bytes: Uint8Array): void
  onLine(line: string): void
}

/** Full-range pictures stay as they are: a conversion would only add complaints of its own. */
const PICTURE_FILTER = 'format=yuv420p|yuvj420p,showinfo=checksum=0'
const CLOCK_LINE = /config in time_base: (\d+)\/(\d+)/
const PICTURE_LINE = /\bn: *\d+ pts: *(\S+) +pts_time:/

class PictureReader<T> implements Reader {
  readonly filter = 'showinfo'
  readonly arguments = ['-map', '0:v:0', '-vf', PICTURE_FILTER, '-fps_mode', 'passthrough', '-f', 'rawvideo']
  readonly #size: Size
  readonly #read: (picture: Picture) => T
  readonly #picture: Uint8Array
  readonly #values: T[] = []
  readonly #times: number[] = []
  #filled = 0
  #unitSec = Number.NaN

  constructor(size: Size, read: (picture: Picture) => T) {
    this.#size = size
    this.#read = read
    this.#picture = new Uint8Array((size.width * size.height * 3) / 2)
  }

  onBytes(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#picture.length - this.#filled)
      this.#picture.set(part, this.#filled)
      at += part.length
      this.#filled += part.length
      if (this.#filled < this.#picture.length) return
      this.#values.push(this.#read({ ...this.#size, data: this.#picture }))
      this.#filled = 0
    }
  }

  onLine(line: string): void {
    const [, clock, perSec] = CLOCK_LINE.exec(line) ?? []
    if (clock) this.#unitSec = Number(clock) / Number(perSec)
    const [, pts] = PICTURE_LINE.exec(line) ?? []
    if (pts) this.#times.push(Number(pts) * this.#unitSec)
  }

  items(): Timed<T>[] {
    const [pictures, times] = [this.#values.length, this.#times.length]
    if (pictures !== times) throw new Error(`${pictures} pictures have ${times} PTS: is their size the expected one?`)
    return this.#values.map((value, i) => ({ ptsSec: this.#times[i] ?? Number.NaN, value }))
  }
}

const SOUND_FILTER = `aformat=sample_fmts=s16:channel_layouts=mono:sample_rates=${SAMPLE_RATE},ashowinfo`
/** Its `pts_time` has six digits: after ten seconds that is less than the place of a sample. */
const SOUND_LINE = /\bn: *\d+ pts: *(\S+) +pts_time:.*rate:(\d+) nb_samples: *(\d+)/

class SoundReader implements Reader {
  readonly filter = 'ashowinfo'
  readonly arguments = ['-map', '0:a:0', '-af', SOUND_FILTER, '-f', 's16le']
  readonly #parts: Uint8Array[] = []
  readonly #runs: { readonly ptsSec: number; readonly first: number }[] = []
  #samples = 0
  #dueSec = Number.NaN

  onBytes(bytes: Uint8Array): void {
    this.#parts.push(bytes)
  }

  onLine(line: string): void {
    const [, pts, rate, count] = SOUND_LINE.exec(line) ?? []
    if (!pts) return
    const ptsSec = Number(pts) / Number(rate)
    if (!(Math.abs(ptsSec - this.#dueSec) <= 1.5 / SAMPLE_RATE)) this.#runs.push({ ptsSec, first: this.#samples })
    this.#samples += Number(count)
    this.#dueSec = ptsSec + Number(count) / SAMPLE_RATE
  }

  runs(): SoundRun[] {
    const bytes = new Uint8Array(Buffer.concat(this.#parts))
    const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1)
    return this.#runs.map(({ ptsSec, first }, i) => ({
      ptsSec,
      samples: samples.subarray(first, this.#runs[i + 1]?.first ?? this.#samples),
    }))
  }
}

/** Resolves with what FFmpeg complained of; rejects when it fails. */
async function decode(input: string, readers: readonly Reader[]): Promise<string[]> {
  const head = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+info', '-copyts', '-i', input]
  const outputs = readers.flatMap((reader, i) => [...reader.arguments, `pipe:${pipeOf(i)}`])
  const child = spawn('ffmpeg', [...head, ...outputs], {
    stdio: ['ignore', 'pipe', 'pipe', ...readers.slice(1).map(() => 'pipe' as const)],
  })
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  const complaints: string[] = []
  await Promise.all([
    readLines(child, readers, complaints),
    ...readers.map((reader, i) => readBytes(child.stdio[pipeOf(i)] as Readable, reader)),
  ])
  const code = await ended
  if (code !== 0) throw new Error(`ffmpeg could not decode ${input}: ${complaints.join('\n')}`)
  return complaints
}

/** Standard output, and from 3 on what follows standard error. */
const pipeOf = (output: number): number => (output === 0 ? 1 : output + 2)

async function readLines({ stderr }: ChildProcess, readers: readonly Reader[], complaints: string[]): Promise<void> {
  if (stderr === null) return
  for await (const line of createInterface({ input: stderr })) {
    const [, filter] = /\[Parsed_(a?showinfo)_/.exec(line) ?? []
    readers.find((reader) => reader.filter === filter)?.onLine(line)
    if (/\[(warning|error|fatal|panic)\]/.test(line)) complaints.push(line)
  }
}

async function readBytes(pipe: Readable, reader: Reader): Promise<void> {
  for await (const bytes of pipe) reader.onBytes(bytes as Uint8Array)
}
