// A publisher's page: a video file as camera and microphone, sent by WHIP (RFC 9725). Runs in Chrome, not in Node.

async function publish(videoUrl, whipUrl, codec) {
  const video = document.querySelector('video')
  video.src = videoUrl
  video.loop = true
  await video.play()
  const stream = video.captureStream()
  const peer = new RTCPeerConnection()
  for (const track of stream.getTracks()) {
    const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] })
    if (track.kind !== 'video') continue
    const codecs = RTCRtpSender.getCapabilities('video').codecs.filter((it) => it.mimeType === `video/${codec}`)
    transceiver.setCodecPreferences(codecs)
  }
  await peer.setLocalDescription(await peer.createOffer())
  await new Promise((resolve) => {
    const check = () => peer.iceGatheringState === 'complete' && resolve()
    peer.addEventListener('icegatheringstatechange', check)
    check()
  })
  const headers = { 'content-type': 'application/sdp' }
  const response = await fetch(whipUrl, { method: 'POST', headers, body: peer.localDescription.sdp })
  if (!response.ok) throw new Error(`WHIP ${response.status}: ${await response.text()}`)
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() })
  await new Promise((resolve, reject) => {
    const check = () => {
      if (peer.connectionState === 'connected') resolve()
      if (peer.connectionState === 'failed') reject(new Error('the publisher did not connect'))
    }
    peer.addEventListener('connectionstatechange', check)
    check()
  })
}
globalThis.publish = publish
