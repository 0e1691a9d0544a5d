/** Plays, without sound where the browser refuses to start it without a gesture: a silent picture is better than none. */
export function playOrMuted(video: HTMLVideoElement): void {
  video.play().catch((error: unknown) => {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return
    video.muted = true
    video.play().catch(() => undefined)
  })
}
