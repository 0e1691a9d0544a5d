import { encodeExtended, format } from 'content-disposition'

/** The `Content-Disposition` of a file to save (RFC 6266 §4), whose name may have any characters. */
export function attachment(fileName: string): string {
  const parameters = { filename: plain(fileName), 'filename*': encodeExtended(fileName) }
  return format({ type: 'attachment', parameters }, { extended: false })
}

/** The fallback for programs that know no `filename*`: ASCII letters without accents, and nothing that such a program decodes. */
function plain(fileName: string): string {
  return fileName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '_')
    .replace(/["\\%]/g, '_')
}
