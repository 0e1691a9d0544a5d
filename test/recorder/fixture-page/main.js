// Speaks the page's protocol with a real H.264 encoder over a drawn canvas, and real AAC frames read from `tone.aac`.
// The ids of the sources choose its faults: `silent`, `deaf`, `dead`, `failing`, `unstoppable`.
import { encodePackets } from './packets.js'

const secret = location.hash.slice(1)
const control = new WebSocket(`ws://${location.host}/control`, secret)
const send = (message) => control.send(JSON.stringify(message))
control.onopen = () => send({ type: 'hello' })
const received = []
let running
control.onmessage = async ({ data }) => {
  const message = JSON.parse(data)
  received.push(message)
  if (message.type === 'start') running = await start(message)
  if (message.type === 'cut') running?.cut(message.atMs ?? 0)
  if (message.type === 'ping' && !running?.faults.has('deaf')) send({ type: 'pong', nonce: message.nonce })
  if (message.type === 'layout') send({ type: 'layout', layout: message.layout })
  if (message.type === 'stop' && !running?.faults.has('unstoppable')) {
    await running?.stop()
    send({ type: 'stopped' })
  }
  if (message.type === 'signals')
    send({ type: 'log', level: 'info', message: 'signals', details: { signals: message.signals } })
}

async function start({ video, segmentSec, sources }) {
  const faults = new Set(sources.map((source) => source.id))
  const packets = await openPackets()
  const tone = readAdts(new Uint8Array(await (await fetch('tone.aac')).arrayBuffer()))
  const canvas = new OffscreenCanvas(video.width, video.height)
  const context = canvas.getContext('2d')
  let frame = 0
  let askedMs = [0]
  let cutAt = 0
  const cuts = new Set()
  const encoder = new VideoEncoder({
    output(chunk, metadata) {
      if (metadata?.decoderConfig) packets.config('video-config', metadata.decoderConfig)
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      packets.send({
        kind: 'video',
        key: chunk.type === 'key',
        cut: cuts.has(chunk.timestamp),
        timestampUs: chunk.timestamp,
        durationUs: 1e6 / video.fps,
        data,
      })
    },
    error: (error) => send({ type: 'failed', error: { code: 'page.failed', message: error.message } }),
  })
  encoder.configure({
    codec: 'avc1.42001f',
    width: video.width,
    height: video.height,
    framerate: video.fps,
    bitrate: video.bitrateKbps * 1000,
    avc: { format: 'annexb' },
    latencyMode: 'realtime',
  })
  const startedAt = performance.now()
  const takeEpochMs = performance.timeOrigin + startedAt
  send({ type: 'started', takeEpochMs })
  packets.config('audio-config', tone.config)
  let sample = 0
  const timer = setInterval(() => {
    const nowUs = (performance.now() - startedAt) * 1000
    for (; (frame * 1e6) / video.fps <= nowUs; frame += 1) draw()
    for (; (sample * 1024e6) / tone.config.sampleRate <= nowUs; sample += 1) {
      const timestampUs = (sample * 1024e6) / tone.config.sampleRate
      packets.send({
        kind: 'audio',
        key: true,
        cut: false,
        timestampUs,
        durationUs: 1024e6 / tone.config.sampleRate,
        data: tone.frames[sample % tone.frames.length],
      })
    }
    if (nowUs > 1e6) fail()
  }, 10)

  function draw() {
    const timestamp = Math.round((frame * 1e6) / video.fps)
    if (faults.has('silent') && timestamp > 1e6) return
    context.fillStyle = frame % video.fps === 0 ? '#fff' : '#204060'
    context.fillRect(0, 0, canvas.width, canvas.height)
    for (let bit = 0; bit < 16; bit += 1) {
      context.fillStyle = (frame >> bit) & 1 ? '#fff' : '#000'
      context.fillRect(16 + bit * 20, 16, 20, 20)
    }
    const isAsked = (atMs) => atMs <= takeEpochMs + timestamp / 1000
    const cut = askedMs.some(isAsked) || timestamp >= cutAt + segmentSec * 1e6
    if (cut) {
      cuts.add(timestamp)
      cutAt = timestamp
      askedMs = askedMs.filter((atMs) => !isAsked(atMs))
    }
    const picture = new VideoFrame(canvas, { timestamp, duration: 1e6 / video.fps })
    encoder.encode(picture, { keyFrame: cut })
    picture.close()
  }

  function fail() {
    if (faults.delete('failing'))
      send({ type: 'failed', error: { code: 'encoder.unsupported', message: 'As the test asked' } })
    if (faults.has('dead')) for (;;);
  }

  return {
    faults,
    cut: (atMs) => askedMs.push(atMs),
    async stop() {
      clearInterval(timer)
      await encoder.flush()
      await packets.close()
    },
  }
}

async function openPackets() {
  const socket = new WebSocket(`ws://${location.host}/packets`, secret)
  await new Promise((resolve) => {
    socket.onopen = resolve
  })
  let sequence = 0
  const post = (packet) => {
    socket.send(encodePackets([{ ...packet, sequence }]))
    sequence += 1
  }
  return {
    send: post,
    config(kind, { description, ...config }) {
      const text = description === undefined ? undefined : btoa(String.fromCharCode(...new Uint8Array(description)))
      const data = new TextEncoder().encode(JSON.stringify({ ...config, description: text }))
      post({ kind, key: false, cut: false, timestampUs: 0, durationUs: 0, data })
    },
    close: () =>
      new Promise((resolve) => {
        socket.onclose = resolve
        socket.close(1000)
      }),
  }
}

/** Splits an ADTS file (ISO/IEC 13818-7 §6.2) of 48 kHz stereo AAC-LC into raw frames. */
function readAdts(bytes) {
  const frames = []
  for (let at = 0; at + 7 <= bytes.length; ) {
    const length = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5)
    frames.push(bytes.slice(at + 7, at + length))
    at += length
  }
  return {
    frames,
    config: { codec: 'mp4a.40.2', sampleRate: 48000, numberOfChannels: 2, description: Uint8Array.of(0x11, 0x90) },
  }
}
