import type { RecorderCommand, RecorderEvent, RecorderRequest } from '../../src/protocol/index.ts'

/**
 * A child process that speaks the recorder's protocol and plays what the recording's metadata says: `play` is `crash`,
 * `killed`, `silent` (never a first picture), `deaf` (no answers), `stubborn` (does not end), or nothing. `refuse` names
 * a type of command that it answers with an error.
 */
const FRAME_MS = 100
const STATS = {
  frames: 1,
  droppedFrames: 0,
  segments: 0,
  bytes: 0,
  segmentLatencyMs: 5,
  cpuCores: 0.5,
  memoryBytes: 1e6,
}

const emit = (event: RecorderEvent) => process.send?.(event)
const at = () => new Date().toISOString()
let request: RecorderRequest | undefined
let segments = 0

process.on('message', (message) => {
  if (request !== undefined) return obey(message as RecorderCommand)
  request = message as RecorderRequest
  begin(request)
})
process.on('SIGTERM', () => end('terminated'))
process.on('disconnect', () => process.exit(0))

function begin({ metadata, sources }: RecorderRequest): void {
  console.log(
    JSON.stringify({
      level: 'info',
      msg: 'scripted',
      token: 'hidden-word',
      secretsSeen: Object.keys(process.env).filter((name) => name.startsWith('PANOREC_')),
    }),
  )
  emit({ type: 'starting', at: at(), pid: process.pid })
  if (metadata.play === 'silent') return
  setTimeout(() => {
    emit({ type: 'started', at: at(), takeEpochMs: Date.now() })
    for (const { id } of sources) emit({ type: 'source', at: at(), sourceId: id, state: 'live', error: null })
    setInterval(record, FRAME_MS)
    if (metadata.play === 'crash') {
      console.error('boom: the last words')
      setTimeout(() => process.exit(7), FRAME_MS)
    }
    if (metadata.play === 'killed') process.kill(process.pid, 'SIGKILL')
  }, FRAME_MS)
}

function record(): void {
  segments += 1
  emit({ type: 'segment', seq: segments, durationSec: 2, bytes: 1000, programDateTime: at(), latencyMs: 5 })
  emit({ type: 'stats', at: at(), stats: { ...STATS, frames: segments * 50, segments } })
}

function obey(command: RecorderCommand): void {
  const { play, refuse } = request?.metadata ?? {}
  if (play === 'deaf') return
  const error = refuse === command.type ? { code: 'source.unsupported-media', message: 'as the script says' } : null
  emit({ type: 'ack', commandId: command.commandId, error })
  if (command.type === 'signals')
    console.log(JSON.stringify({ level: 'warn', msg: `signals ${JSON.stringify(command.signals)}` }))
  if (command.type === 'stop') end('stopped')
}

function end(reason: 'stopped' | 'terminated'): void {
  if (request?.metadata.play === 'stubborn') return
  emit({ type: 'finalizing', at: at() })
  const ended: RecorderEvent = {
    type: 'ended',
    at: at(),
    reason,
    durationSec: segments * 2,
    segments,
    bytes: segments * 1000,
    error: null,
  }
  process.send?.(ended, undefined, undefined, () => process.exit(0))
}
