// A viewer's page: hls.js in a video element. Runs in Chrome, not in Node.

/** Plays until the end, or for `seconds`; resolves with what the viewer saw. */
async function play(url, { seconds, fromSec, rate = 1, longestMs }) {
  const video = document.querySelector('video')
  const errors = []
  let stalls = 0
  let playing = false
  const hls = new Hls(fromSec === undefined ? {} : { startPosition: fromSec })
  hls.on(Hls.Events.ERROR, (_, data) => errors.push(`${data.type}/${data.details}${data.fatal ? ' fatal' : ''}`))
  video.addEventListener('playing', () => {
    playing = true
  })
  video.addEventListener('waiting', () => {
    if (playing && !video.seeking && !video.ended) stalls++
  })
  const end = new Promise((resolve) => {
    video.addEventListener('ended', resolve)
    setTimeout(resolve, seconds === undefined ? longestMs : seconds * 1000)
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  video.playbackRate = rate
  await Promise.race([video.play(), end])
  await end
  const quality = video.getVideoPlaybackQuality()
  const viewing = {
    frames: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
    errors,
    stalls,
    ended: video.ended,
    positionSec: video.currentTime,
    durationSec: Number.isFinite(video.duration) ? video.duration : null,
  }
  hls.destroy()
  return viewing
}
globalThis.play = play
