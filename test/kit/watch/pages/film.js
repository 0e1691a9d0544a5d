// A page with nothing but a <video>: what a person sees who opens the file. Runs in Chrome, not in Node.

/**
 * Plays a film to its end, then seeks to each of its pictures; resolves with the luma at each place, in fractions of the picture, in
 * every frame that was shown.
 */
async function playFilm(url, { places, longestMs, fps }) {
  const video = document.querySelector('video')
  const canvas = new OffscreenCanvas(320, 180)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const look = (mediaSec) => {
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const luma = places.map(({ x, y }) => {
      const [red, green, blue] = context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    })
    return { mediaSec, luma }
  }
  const errors = []
  video.addEventListener('error', () => errors.push(video.error.message))
  const once = (name) => new Promise((resolve) => video.addEventListener(name, resolve, { once: true }))
  const late = new Promise((resolve) => setTimeout(resolve, longestMs))
  const painted = new Promise((resolve) =>
    video.requestVideoFrameCallback((_, { mediaTime }) => resolve(look(mediaTime))),
  )
  video.src = url
  const first = await Promise.race([painted, late])
  const shown = []
  const onFrame = (_, { mediaTime }) => {
    shown.push(look(mediaTime))
    video.requestVideoFrameCallback(onFrame)
  }
  video.requestVideoFrameCallback(onFrame)
  const ended = once('ended')
  await Promise.race([video.play(), late])
  await Promise.race([ended, late])
  const quality = video.getVideoPlaybackQuality()
  const frames = quality.totalVideoFrames
  const { ended: hasEnded } = video
  const stepped = []
  for (let n = 0; hasEnded && n < Math.round(video.duration * fps); n++) {
    // A seek has ended before its picture is painted; each one leads to another picture.
    const arrived = new Promise((resolve) => video.requestVideoFrameCallback(resolve))
    video.currentTime = (n + 0.5) / fps
    await Promise.race([arrived, late])
    stepped.push(look(n / fps))
  }
  return {
    errors,
    ended: hasEnded,
    durationSec: video.duration,
    frames,
    first,
    shown,
    stepped,
    width: video.videoWidth,
    height: video.videoHeight,
  }
}
globalThis.playFilm = playFilm
