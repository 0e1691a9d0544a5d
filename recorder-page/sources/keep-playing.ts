/** Starts an element that stands still although it has media; a refusal only means that its media is being replaced. */
export function keepPlaying(element: HTMLVideoElement): void {
  if (!element.paused || element.ended || (!element.src && !element.srcObject)) return
  element.play().catch(() => undefined)
}

/** Takes the media away from an element, so that the browser frees decoders, buffers and connections at once. */
export function emptyElement(element: HTMLVideoElement): void {
  element.pause()
  element.srcObject = null
  element.removeAttribute('src')
  element.load()
}
