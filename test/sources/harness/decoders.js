// Opens sources as the recorder page's worker does and writes down what they say, show and sound. Runs in a worker of Chrome.
import { DecodedSource } from '../../../recorder-page/sources/decode/decoded-source.ts'
import { blockRect, COLUMNS, decodeCounter, PANEL, PATTERN_FPS, ROWS } from '../../kit/sources/pattern.ts'

/** As the recorder page's worker does. */
const TICK_MS = 25
/** A beep's samples are far above this, those of silence far below. */
const LOUD = 0.05
/** Beeps are a second apart and shorter than this, seconds. */
const BEEP_REST_SEC = 0.5

const opened = new Map()

function nowMs() {
  return performance.timeOrigin + performance.now()
}

function open(spec, { tile, pattern = 0 } = {}) {
  const record = {
    pattern,
    counters: [],
    states: [],
    logs: [],
    frames: [],
    beeps: [],
    unsupported: [],
    loudSec: Number.NEGATIVE_INFINITY,
  }
  record.source = new DecodedSource({
    spec,
    nowMs,
    listener: {
      onState: (state, error) =>
        record.states.push({ atMs: Date.now(), state, code: error?.code ?? null, message: error?.message ?? null }),
      onLog: (level, message, details) => record.logs.push({ atMs: Date.now(), level, message, details }),
      onFrame: (frame, times) => onFrame(record, frame, times),
      onSound: (sound, ptsSec) => onSound(record, sound, ptsSec),
      onEmptied: () => undefined,
      onUnsupported: (codec) => record.unsupported.push(codec),
    },
  })
  if (tile) record.source.setTileSize(tile)
  record.timer = setInterval(() => record.source.tick(), TICK_MS)
  opened.set(spec.id, record)
}

async function onFrame(record, frame, { mediaMs, presentMs }) {
  const atMs = Date.now()
  record.width = frame.displayWidth
  record.frames.push({
    atMs,
    count: record.frames.length + 1,
    mediaSec: mediaMs / 1000,
    width: frame.displayWidth,
    lateMs: nowMs() - presentMs,
  })
  const seen = { atMs, mediaSec: mediaMs / 1000 }
  record.counters.push(seen)
  const luma = new Uint8Array(frame.allocationSize())
  const [{ offset, stride }] = await frame.copyTo(luma)
  const { width, height } = frame.visibleRect
  const blocks = Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    const rect = blockRect(PANEL, i)
    const x = Math.round((rect.x + rect.width / 2) * width)
    const y = Math.round((rect.y + rect.height / 2) * height)
    return luma[offset + y * stride + x] > 128
  })
  frame.close()
  seen.counter = decodeCounter(blocks, record.pattern)
}

function onSound(record, sound, ptsSec) {
  const samples = new Float32Array(sound.numberOfFrames)
  sound.copyTo(samples, { planeIndex: 0, format: 'f32-planar' })
  for (const [i, sample] of samples.entries()) {
    const sec = ptsSec + i / sound.sampleRate
    if (Math.abs(sample) < LOUD) continue
    if (sec - record.loudSec > BEEP_REST_SEC) record.beeps.push(sec)
    record.loudSec = sec
  }
  sound.close()
}

function look(id) {
  const { source, states, logs, frames, counters, beeps, unsupported, isClosed, width = 0 } = opened.get(id)
  const read = counters.filter(({ counter }) => counter !== undefined)
  return {
    lookedMs: Date.now(),
    state: source.state,
    states,
    streams: [],
    logs,
    frames,
    counters: read,
    unread: counters.length - read.length,
    flashes: read.filter(({ counter }) => counter % PATTERN_FPS === 0).map(({ mediaSec }) => mediaSec),
    beeps,
    unsupported,
    width: isClosed ? 0 : width,
    muted: false,
    hasMedia: !isClosed,
    attached: false,
  }
}

async function close(id) {
  const record = opened.get(id)
  clearInterval(record.timer)
  record.isClosed = true
  await record.source[Symbol.asyncDispose]()
}

const does = {
  open: ({ spec, options }) => open(spec, options),
  look: ({ id }) => look(id),
  tile: ({ id, size }) => opened.get(id).source.setTileSize(size),
  steer: ({ id, change }) => opened.get(id).source.steer(change),
  close: ({ id }) => close(id),
}
addEventListener('message', async ({ data: { call, name, ...rest } }) =>
  postMessage({ call, answer: await does[name](rest) }),
)
