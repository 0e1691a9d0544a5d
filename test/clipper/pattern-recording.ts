import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { audioSpecificConfig } from '../../src/clipper/ts/adts.ts'
import { demuxSegment, type SegmentMedia } from '../../src/clipper/ts/demux-segment.ts'
import type { ClipSegment, Packet } from '../../src/protocol/index.ts'
import { muxSegment } from '../../src/recorder/segments/mux-segment.ts'
import { type SegmentGroup, SegmentGrouper } from '../../src/recorder/segments/segment-grouper.ts'
import { TsContinuity } from '../../src/recorder/segments/ts-continuity.ts'
import type { SegmentStore } from '../../src/store/index.ts'
import { cacheDir, cached, drawPattern, PATTERN_FPS, patternOf, runFfmpeg } from '../kit/index.ts'

const run = promisify(execFile)
export const SIZE = { width: 320, height: 180 }
export const PATTERN = patternOf(0)

/** Of the film that takes are made of. */
export interface FilmShape {
  readonly size: { readonly width: number; readonly height: number }
  readonly fps: number
  readonly seconds: number
}
const USUAL: FilmShape = { size: SIZE, fps: PATTERN_FPS, seconds: 24 }
const SEGMENT_US = 2e6
const LONGEST_US = 3.5e6

/** One take made of a part of the pattern film. `lost` are frames that were never recorded, up to a key frame. */
export interface TakeSpec {
  readonly take: number
  readonly startMs: number
  readonly firstFrame: number
  readonly endFrame: number
  readonly lost?: readonly { readonly first: number; readonly end: number }[]
  /** The sound begins so much later than the picture. */
  readonly soundAfterSec?: number | 'never'
  /** Each packet of sound comes so long after the picture of its time; a second is waited for. */
  readonly soundLagSec?: number
  /** Another encoder, whose parameter sets have the same ids and other bytes. */
  readonly otherEncoder?: boolean
  /** Where the take's media time zero lies in its files, seconds. */
  readonly offsetSec?: number
}

/** What a recording holds: the list of its segments, and which frame of the film was recorded when. */
export interface PatternRecording {
  readonly segments: readonly ClipSegment[]
  readonly pictures: readonly { readonly atMs: number; readonly counter: number }[]
}

/** Stores takes as a recorder does, with its own segmenter and muxer: key frames each second, segments of two. */
export async function storePattern(
  store: SegmentStore,
  recordingId: string,
  takes: readonly TakeSpec[],
  shape: FilmShape = USUAL,
): Promise<PatternRecording> {
  const { fps } = shape
  const segments: ClipSegment[] = []
  const pictures: { atMs: number; counter: number }[] = []
  for (const spec of takes) {
    const film = await patternFilm(spec.otherEncoder === true, shape)
    const grouper = new SegmentGrouper({ longestUs: LONGEST_US, frameUs: 1e6 / fps })
    const groups: SegmentGroup[] = []
    for (const packet of packetsOf(film, spec, fps)) groups.push(...grouper.push(packet, 0))
    groups.push(...grouper.finish())
    const clock = new TsContinuity()
    for (const group of groups) {
      const uri = `takes/${spec.take}/${segments.length}.ts`
      const bytes = await muxSegment(group, configsOf(film, shape), { clock, offsetSec: spec.offsetSec ?? 0 })
      await store.put(`${recordingId}/${uri}`, bytes)
      const first = group === groups[0] && spec !== takes[0]
      segments.push({
        uri,
        take: spec.take,
        startMs: Math.round(spec.startMs + group.startUs / 1000),
        durationSec: group.durationUs / 1e6,
        discontinuity: first || group.discontinuity,
      })
      for (const { timestampUs } of group.video) {
        const counter = spec.firstFrame + Math.round((timestampUs * fps) / 1e6)
        pictures.push({ atMs: spec.startMs + timestampUs / 1000, counter })
      }
    }
  }
  return { segments, pictures }
}

/** Picture by picture with the sound between them, as the page sends them. */
function packetsOf(film: SegmentMedia, spec: TakeSpec, fps: number): Packet[] {
  const zero = film.pictures[spec.firstFrame]?.pts ?? 0
  const us = (pts: number) => ((pts - zero) * 1e6) / 90_000
  const isLost = (frame: number) => spec.lost?.some(({ first, end }) => frame >= first && frame < end) === true
  const pictures = film.pictures.flatMap(({ pts, idr, sets, units }, frame): Packet[] => {
    if (frame < spec.firstFrame || frame >= spec.endFrame || isLost(frame)) return []
    const timestampUs = us(pts)
    const data = annexB([...(sets?.sps ?? []), ...(sets?.pps ?? []), ...units])
    const cut = idr && timestampUs % SEGMENT_US === 0
    return [{ kind: 'video', sequence: frame, key: idr, cut, timestampUs, durationUs: 1e6 / fps, data }]
  })
  const from = spec.soundAfterSec === 'never' ? Number.POSITIVE_INFINITY : (spec.soundAfterSec ?? 0) * 1e6
  const endUs = ((spec.endFrame - spec.firstFrame) * 1e6) / fps
  const sound = film.sound.flatMap(({ pts, data }): Packet[] => {
    const timestampUs = us(pts)
    if (timestampUs < Math.max(0, from) || timestampUs >= endUs) return []
    return [{ kind: 'audio', sequence: 0, key: true, cut: false, timestampUs, durationUs: 1024e6 / 48_000, data }]
  })
  const lagUs = (spec.soundLagSec ?? 0) * 1e6
  const comesUs = ({ kind, timestampUs }: Packet) => timestampUs + (kind === 'audio' ? lagUs : 0)
  return [...pictures, ...sound].sort((a, b) => comesUs(a) - comesUs(b))
}

function configsOf(film: SegmentMedia, { size }: FilmShape) {
  const format = film.sound[0]?.format ?? { objectType: 2, sampleRate: 48_000, channels: 2 }
  return {
    video: { codec: 'avc1.64001f', codedWidth: size.width, codedHeight: size.height },
    audio: {
      codec: 'mp4a.40.2',
      sampleRate: format.sampleRate,
      numberOfChannels: format.channels,
      description: audioSpecificConfig(format),
    },
  }
}

function annexB(units: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(units.flatMap((unit) => [Uint8Array.of(0, 0, 0, 1), unit])))
}

const films = new Map<string, Promise<SegmentMedia>>()

/** The pattern film as packets: frame n shows counter n, beeps begin at whole seconds, no B-frames. */
function patternFilm(other: boolean, shape: FilmShape): Promise<SegmentMedia> {
  const { size, fps, seconds } = shape
  const name = `clipper-3-${other ? 'b' : 'a'}-${size.width}x${size.height}-${fps}-${seconds}.ts`
  const film = films.get(name) ?? makeFilm(name, other, shape)
  films.set(name, film)
  return film
}

async function makeFilm(name: string, other: boolean, shape: FilmShape): Promise<SegmentMedia> {
  const { size, fps, seconds } = shape
  await cached(name, async (path) => {
    const beep = `0.3*sin(2*PI*${PATTERN.beepHz}*n/48000)*lt(mod(n,48000),0.06*48000)`
    const tuning = other ? ['-preset', 'veryfast', '-refs', '2', '-crf', '22'] : ['-preset', 'superfast', '-crf', '18']
    const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${size.width}x${size.height}`, '-r', `${fps}`]
    await runFfmpeg(
      [
        ...[...raw, '-i', 'pipe:0', '-f', 'lavfi', '-i', `aevalsrc='${beep}|${beep}':s=48000:d=${seconds}`],
        ...['-c:v', 'libx264', ...tuning, '-bf', '0', '-g', `${fps}`, '-keyint_min', `${fps}`, '-sc_threshold', '0'],
        ...['-c:a', 'aac', '-b:a', '96k', '-muxdelay', '0', '-f', 'mpegts', path],
      ],
      pictures(shape),
    )
  })
  return demuxSegment(name, await readFile(join(cacheDir(), name)))
}

async function* pictures({ size, fps, seconds }: FilmShape): AsyncGenerator<Uint8Array> {
  for (let counter = 0; counter < seconds * fps; counter += 1) yield drawPattern(PATTERN, counter, size)
}

/** The length that a container states for itself and its streams, seconds, with FFprobe. */
export async function durationsOf(path: string): Promise<{ format: number; picture: number; sound: number }> {
  const args = ['-v', 'error', '-show_entries', 'format=duration:stream=codec_type,duration', '-of', 'json', path]
  const { stdout } = await run('ffprobe', args)
  const found = JSON.parse(stdout) as {
    format: { duration: string }
    streams: { codec_type: string; duration: string }[]
  }
  const of = (type: string) => Number(found.streams.find(({ codec_type }) => codec_type === type)?.duration)
  return { format: Number(found.format.duration), picture: of('video'), sound: of('audio') }
}
