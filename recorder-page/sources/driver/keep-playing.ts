/** Starts an element that is paused although it has media; a refusal only means that its media is being replaced. */
export function keepPlaying(element: HTMLVideoElement): void {
  if (!element.paused || element.ended || (!element.src && !element.srcObject)) return
  element.play().catch(() => undefined)
}

/** Removes the media from an element, so that the browser frees decoders, buffers and connections at once. */
export function emptyElement(element: HTMLVideoElement): void {
  element.pause()
  element.srcObject = null
  element.removeAttribute('src')
  element.load()
}
