import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { runLongTake, SEGMENT_SEC, type StoreUse } from '../test/recorder/long-take.ts'
import type { Benchmark } from './benchmark.ts'

const HOURS = 24
const PER_HOUR = 3600 / SEGMENT_SEC
/** 2.5 Mbit/s. */
const PICTURE_BYTES = { key: 60_000, other: 11_500 }
const SHOWN_HOURS: readonly number[] = [1, 6, 12, 18, 24]

interface Sample {
  readonly cpuUs: number
  readonly heapBytes: number
  readonly use: StoreUse
}

/** The cost of a segment for the recorder without its Chrome, from the first hour of a take to the last of a day. */
export const day: Benchmark = {
  name: 'day',
  title: 'A segment in each hour of a day',
  async run(say) {
    const collectGarbage = exposeCollector()
    const sample = (use: StoreUse): Sample => {
      collectGarbage()
      const { user, system } = process.cpuUsage()
      return { cpuUs: user + system, heapBytes: process.memoryUsage().heapUsed, use }
    }
    const hours: Sample[] = [sample({ calls: 0, segmentBytes: 0, playlistBytes: 0 })]
    await runLongTake({
      segments: HOURS * PER_HOUR,
      pictureBytes: PICTURE_BYTES,
      onStored(count, use) {
        if (count % PER_HOUR !== 0) return
        hours.push(sample(use))
        say(`${count / PER_HOUR} h of segments are stored`)
      },
    })
    return {
      method:
        `${HOURS * PER_HOUR} segments of ${SEGMENT_SEC} s and 2.5 Mbit/s by a fast clock, each as soon as the one before is in the playlist, ` +
        'through the segmenter, the spool, the uploader and the playlists, into a folder. Means of the hour; the heap at its end.',
      columns: ['hour', 'CPU, ms', 'calls of the store', 'segment, kB', 'playlists, kB', 'heap, MB'],
      rows: SHOWN_HOURS.map((hour) => [String(hour), ...rowOf(hours[hour - 1], hours[hour])]),
    }
  },
}

function rowOf(before: Sample | undefined, after: Sample | undefined): string[] {
  if (before === undefined || after === undefined) throw new Error('The take ended early')
  const each = (value: (sample: Sample) => number) => (value(after) - value(before)) / PER_HOUR
  return [
    (each(({ cpuUs }) => cpuUs) / 1000).toFixed(1),
    each(({ use }) => use.calls).toFixed(2),
    (each(({ use }) => use.segmentBytes) / 1000).toFixed(0),
    (each(({ use }) => use.playlistBytes) / 1000).toFixed(1),
    (after.heapBytes / 1e6).toFixed(1),
  ]
}

/** Garbage is collected before each sample: it is no growth. */
function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
