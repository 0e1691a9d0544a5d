/** The `Content-Disposition` of a file to save (RFC 6266 §4), whose name may have any characters. */
export function attachment(fileName: string): string {
  const plain = fileName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(/["\\%]/g, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended(fileName)}`
}

/** RFC 8187 §3.2.1: what `encodeURIComponent` leaves and the grammar does not. */
function extended(text: string): string {
  const byte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/['()*]/g, byte)
}
