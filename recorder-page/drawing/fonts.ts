import cyrillic from '@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2?url'
import greek from '@fontsource-variable/inter/files/inter-greek-wght-normal.woff2?url'
import latinExt from '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2?url'
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import vietnamese from '@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2?url'

/** The scripts of Inter; everything else comes from the machine's Noto fonts. Ranges as in the package's CSS. */
const FACES: readonly (readonly [url: string, unicodeRange: string])[] = [
  [
    latin,
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD',
  ],
  [
    latinExt,
    'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF',
  ],
  [cyrillic, 'U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116'],
  [greek, 'U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF'],
  [vietnamese, 'U+0300-0301,U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB'],
]

/**
 * Loads the picture's own font into this worker (or window). Until it resolves, and if it rejects, text is drawn in
 * the machine's fonts: a caller may log the error and go on.
 */
export async function loadFonts(): Promise<void> {
  const faces = FACES.map(
    ([url, unicodeRange]) => new FontFace('Inter Variable', `url(${url})`, { weight: '100 900', unicodeRange }),
  )
  await Promise.all(faces.map((face) => face.load()))
  for (const face of faces) fontSet().add(face)
}

function fontSet(): FontFaceSet {
  return 'document' in globalThis ? document.fonts : (globalThis as unknown as { readonly fonts: FontFaceSet }).fonts
}
