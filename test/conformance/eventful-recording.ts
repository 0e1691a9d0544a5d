import type { Highlight } from '../../src/protocol/index.ts'
import { picturesBetween, type RecordedPart, type RecordedTime, readRecordedTime } from '../kit/index.ts'
import { EVENTFUL_PATTERNS, EVENTFUL_VIDEO } from './classes/eventful-class.ts'
import type { RecordedClass } from './classes/read-class.ts'

export const FRAME_MS = 1000 / EVENTFUL_VIDEO.fps
/** The promise is one frame; the playlist's times have whole milliseconds. */
export const EXACT_MS = FRAME_MS + 2

/** What the eventful class recorded, by wall time. */
export async function readEventful({ dir }: Pick<RecordedClass<'eventful'>, 'dir'>): Promise<RecordedTime> {
  return await readRecordedTime(dir, { size: EVENTFUL_VIDEO, patterns: EVENTFUL_PATTERNS, fps: EVENTFUL_VIDEO.fps })
}

export function between(recorded: RecordedTime, fromMs: number, toMs: number) {
  return picturesBetween(recorded, { fromMs, toMs, fps: EVENTFUL_VIDEO.fps })
}

/** Parts that follow each other without a hole, as takes that hand over do. */
export function stretchesOf({ parts }: RecordedTime): readonly (readonly RecordedPart[])[] {
  const stretches: RecordedPart[][] = []
  for (const part of parts) {
    const last = stretches.at(-1)
    const endMs = last?.at(-1)?.toMs ?? Number.NaN
    if (Math.abs(part.fromMs - endMs) <= EXACT_MS) last?.push(part)
    else stretches.push([part])
  }
  return stretches
}

/** What was never recorded between the first picture and the last. */
export function holesOf(recorded: RecordedTime): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const stretches = stretchesOf(recorded)
  return stretches.slice(1).map(([first], i) => ({
    fromMs: stretches[i]?.at(-1)?.toMs ?? Number.NaN,
    toMs: first?.fromMs ?? Number.NaN,
  }))
}

export const millis = ({ at, from, to, preSec, postSec }: Highlight) => ({
  atMs: Date.parse(at),
  fromMs: Date.parse(from),
  toMs: Date.parse(to),
  askedFromMs: Date.parse(at) - preSec * 1000,
  askedToMs: Date.parse(at) + postSec * 1000,
})
