// Opens sources as the recorder page does and writes down what they say. Runs in Chrome, not in Node.
import { openSource } from '../../../recorder-page/sources/index.ts'
import { blockRect, COLUMNS, decodeCounter, PANEL, ROWS } from '../../kit/sources/pattern.ts'

/** How often the picture is looked at: well below the shortest pause that a test speaks of. */
const LOOK_MS = 20

/** Size of the picture whose blocks are read: each block is several pixels wide. */
const SAMPLE = { width: 160, height: 90 }
/** How often the counter is read from the picture; drawing costs more than looking. */
const READ_EVERY_MS = 200

const opened = new Map()

globalThis.open = (spec, { tile, pattern = 0 } = {}) => {
  const record = { pattern, counters: [], states: [], streams: [], logs: [], frames: [], source: null }
  record.source = openSource(spec, {
    onState: (state, error) =>
      record.states.push({ atMs: Date.now(), state, code: error?.code ?? null, message: error?.message ?? null }),
    onStream: (stream) => record.streams.push(stream?.getTracks().map((track) => track.kind) ?? null),
    onLog: (level, message, details) => record.logs.push({ atMs: Date.now(), level, message, details }),
  })
  if (tile) record.source.setTileSize(tile)
  document.body.append(record.source.element)
  watchFrames(record)
  opened.set(spec.id, record)
}

/** Writes down when the number of decoded pictures changed, and where the media stood then. */
function watchFrames(record) {
  const { element } = record.source
  let seen = 0
  record.timer = setInterval(() => {
    readCounter(record)
    const count = element.getVideoPlaybackQuality().totalVideoFrames
    if (count === seen || count === 0) return
    seen = count
    record.frames.push({ atMs: Date.now(), count, mediaSec: element.currentTime })
  }, LOOK_MS)
}

/** Writes down the counter of the shown picture, as often as `READ_EVERY_MS` and when it can be read. */
function readCounter(record) {
  const { element } = record.source
  const atMs = Date.now()
  if (element.videoWidth === 0 || atMs - (record.readMs ?? 0) < READ_EVERY_MS) return
  record.readMs = atMs
  record.canvas ??= new OffscreenCanvas(SAMPLE.width, SAMPLE.height).getContext('2d', { willReadFrequently: true })
  record.canvas.drawImage(element, 0, 0, SAMPLE.width, SAMPLE.height)
  const { data } = record.canvas.getImageData(0, 0, SAMPLE.width, SAMPLE.height)
  const blocks = Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    const { x, y, width, height } = blockRect(PANEL, i)
    const column = Math.round((x + width / 2) * SAMPLE.width)
    const row = Math.round((y + height / 2) * SAMPLE.height)
    return data[(row * SAMPLE.width + column) * 4] > 128
  })
  const counter = decodeCounter(blocks, record.pattern)
  if (counter !== undefined && counter !== record.counters.at(-1)?.counter) record.counters.push({ atMs, counter })
}

globalThis.look = (id) => {
  const { source, states, streams, logs, frames, counters } = opened.get(id)
  const { element } = source
  return {
    lookedMs: Date.now(),
    state: source.state,
    states,
    streams,
    logs,
    frames,
    counters,
    width: element.videoWidth,
    muted: element.muted,
    hasMedia: Boolean(element.getAttribute('src') || element.srcObject),
    attached: element.isConnected,
  }
}

/** The other side of a WHEP server that makes the offer itself: a drawn picture, sent from this page. */
globalThis.offerPicture = async () => {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d')
  setInterval(() => {
    context.fillStyle = `hsl(${Date.now() / 20} 80% 50%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
  }, 40)
  globalThis.sender = new RTCPeerConnection()
  const stream = canvas.captureStream(25)
  sender.addTransceiver(stream.getVideoTracks()[0], { direction: 'sendonly', streams: [stream] })
  await sender.setLocalDescription()
  while (sender.iceGatheringState !== 'complete') await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  return sender.localDescription.sdp
}
globalThis.acceptAnswer = (sdp) => sender.setRemoteDescription({ type: 'answer', sdp })

globalThis.close = async (id) => {
  clearInterval(opened.get(id).timer)
  await opened.get(id).source[Symbol.asyncDispose]()
}

/** The same for sources that a worker decodes. */
const worker = new Worker(new URL('./decoders.js', import.meta.url), { type: 'module' })
const calls = new Map()
worker.onmessage = ({ data: { call, answer } }) => {
  calls.get(call)(answer)
  calls.delete(call)
}
globalThis.askDecoders = (name, rest) =>
  new Promise((resolve) => {
    const call = `${name} ${Math.random()}`
    calls.set(call, resolve)
    worker.postMessage({ call, name, ...rest })
  })
