/** True where the browser has a clipboard at all: pages without TLS, other than those of this device, have none. */
export function hasClipboard(): boolean {
  return (navigator.clipboard as Clipboard | undefined) !== undefined
}

/** Copies a text; false where there is no clipboard or the browser refuses it. It never rejects. */
export async function copyText(text: string): Promise<boolean> {
  if (!hasClipboard()) return false
  return await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}
