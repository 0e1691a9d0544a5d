import type { Recording } from '../../src/protocol/index.ts'
import { formatBytes, formatDuration } from '../state/format.ts'
import { segmentsOf } from '../state/recording-words.ts'

interface Figure {
  readonly name: string
  readonly value: string
  readonly note?: string
}

/** The figures of the recorder's last report. */
export function FiguresPanel({ recording }: { readonly recording: Recording }) {
  return (
    <section class="panel" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures</h2>
      <dl class="figures">
        {listFigures(recording).map((figure) => (
          <div key={figure.name} class="figure">
            <dt>{figure.name}</dt>
            <dd>
              {figure.value}
              {figure.note ? <span class="quiet"> {figure.note}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function listFigures(recording: Recording): Figure[] {
  const { video, stats } = recording
  const picture = { name: 'Picture', value: `${video.width} × ${video.height}`, note: `${video.fps} fps` }
  const duration = { name: 'Duration', value: formatDuration(recording.durationSec) }
  if (stats === null) return [duration, picture]
  const lost = stats.frames === 0 ? 0 : (100 * stats.droppedFrames) / (stats.frames + stats.droppedFrames)
  return [
    duration,
    picture,
    { name: 'Stored', value: formatBytes(stats.bytes), note: countOf(segmentsOf(recording), 'segment') },
    { name: 'Frames', value: stats.frames.toLocaleString('en') },
    { name: 'Dropped', value: stats.droppedFrames.toLocaleString('en'), note: `${lost.toFixed(2)} %` },
    { name: 'Segment latency', value: `${Math.round(stats.segmentLatencyMs)} ms` },
    { name: 'CPU', value: stats.cpuCores.toFixed(2), note: 'cores' },
    { name: 'Memory', value: formatBytes(stats.memoryBytes) },
  ]
}

function countOf(count: number, word: string): string {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
}
