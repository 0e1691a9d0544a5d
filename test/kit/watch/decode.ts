import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

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
export interface Decoded<T> {
  readonly items: readonly Timed<T>[]
  /** What FFmpeg said at level warning or worse. */
  readonly complaints: readonly string[]
}

/** Full-range pictures stay as they are: a conversion would only add complaints of its own. */
const PICTURE_FILTER = 'format=yuv420p|yuvj420p,showinfo=checksum=0'

/** Decodes every picture of a file or playlist with its exact PTS and reads something from each. */
export async function decodePictures<T>(
  input: string,
  size: { readonly width: number; readonly height: number },
  read: (picture: Picture) => T,
): Promise<Decoded<T>> {
  const values: T[] = []
  const picture = new Uint8Array((size.width * size.height * 3) / 2)
  let filled = 0
  const { times, complaints } = await decode(
    input,
    ['-map', '0:v:0', '-vf', PICTURE_FILTER, '-fps_mode', 'passthrough', '-f', 'rawvideo'],
    (bytes) => {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + picture.length - filled)
        picture.set(part, filled)
        at += part.length
        filled += part.length
        if (filled < picture.length) return
        values.push(read({ ...size, data: picture }))
        filled = 0
      }
    },
  )
  if (times.length !== values.length) throw new Error(`${values.length} pictures of ${input} have ${times.length} PTS`)
  return { items: values.map((value, i) => ({ ptsSec: times[i]?.ptsSec ?? Number.NaN, value })), complaints }
}

export const SAMPLE_RATE = 48000
/** A run of samples without a hole, beginning at `ptsSec` of the container's own clock. */
export interface SoundRun {
  readonly ptsSec: number
  readonly samples: Int16Array
}

/** Decodes the sound, mixed to mono; a hole or jump of more than a sample in its PTS begins a new run. */
export async function decodeSound(input: string): Promise<{ runs: SoundRun[]; complaints: readonly string[] }> {
  const parts: Uint8Array[] = []
  const filter = `aformat=sample_fmts=s16:channel_layouts=mono:sample_rates=${SAMPLE_RATE},ashowinfo`
  const { times, complaints } = await decode(input, ['-map', '0:a:0', '-af', filter, '-f', 's16le'], (bytes) => {
    parts.push(bytes)
  })
  const bytes = new Uint8Array(Buffer.concat(parts))
  const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1)
  const runs: { ptsSec: number; first: number }[] = []
  let at = 0
  let dueSec = Number.NaN
  for (const { ptsSec, count } of times) {
    if (!(Math.abs(ptsSec - dueSec) <= 1.5 / SAMPLE_RATE)) runs.push({ ptsSec, first: at })
    at += count
    dueSec = ptsSec + count / SAMPLE_RATE
  }
  return {
    runs: runs.map((run, i) => ({
      ptsSec: run.ptsSec,
      samples: samples.subarray(run.first, runs[i + 1]?.first ?? at),
    })),
    complaints,
  }
}

interface FrameTime {
  readonly ptsSec: number
  /** Samples of an audio frame; 0 for a picture. */
  readonly count: number
}
/** Its `pts_time` has six digits: after ten seconds that is less than the place of a sample. */
const FRAME_LINE = /showinfo.*\bn: *\d+ pts: *(\S+) +pts_time:(?:.*rate:(\d+) nb_samples: *(\d+))?/
const CLOCK_LINE = /showinfo.*config in time_base: (\d+)\/(\d+)/

async function decode(
  input: string,
  output: readonly string[],
  onBytes: (bytes: Uint8Array) => void,
): Promise<{ times: FrameTime[]; complaints: string[] }> {
  const head = ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+info', '-copyts', '-i', input]
  const child = spawn('ffmpeg', [...head, ...output, 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  const times: FrameTime[] = []
  const complaints: string[] = []
  let unitSec = Number.NaN
  const readLines = (async () => {
    for await (const line of createInterface({ input: child.stderr })) {
      const [, clock, perSec] = CLOCK_LINE.exec(line) ?? []
      if (clock) unitSec = Number(clock) / Number(perSec)
      const [, pts, rate, count] = FRAME_LINE.exec(line) ?? []
      if (pts)
        times.push({ ptsSec: rate ? Number(pts) / Number(rate) : Number(pts) * unitSec, count: Number(count ?? 0) })
      else if (/\[(warning|error|fatal|panic)\]/.test(line)) complaints.push(line)
    }
  })()
  for await (const bytes of child.stdout) onBytes(bytes)
  await readLines
  const code = await ended
  if (code !== 0) throw new Error(`ffmpeg could not decode ${input}: ${complaints.join('\n')}`)
  return { times, complaints }
}
