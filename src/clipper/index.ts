/**
 * The clip function: one request in, one verified film in the store. It cuts clips and joins them to a recap, from what is
 * stored alone. It knows no database, no queue, no API and no recorder, and it never serves anything.
 */
export type { ClipperIo } from './clipper-io.ts'
export { runRecap } from './recap/run-recap.ts'
export { runClip } from './run-clip.ts'
