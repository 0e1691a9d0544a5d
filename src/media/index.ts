/**
 * FFmpeg and ffprobe, and nothing else starts them. The recorder never does: its media are encoded once, in Chrome. It knows no
 * recording, no playlist and no store.
 *
 * Command lines are built with fluent-ffmpeg, which gives them to nobody but its own `run`: so it starts the process too, and one
 * runner (`run-ffmpeg.ts`) makes that safe. An abort, a reader that leaves and an input that fails kill FFmpeg, and the caller goes on only
 * when the process is gone; input is read no faster than FFmpeg takes it; the last lines of its log are in the error. Three traits
 * of the library are answered there: it asks FFmpeg for its formats and encoders before each command (known-capabilities.ts), kills a
 * process whose output was read to its end but that takes 20 ms more to end (our output has no `close`), and tells an exit code in
 * words. Packets of a film are ffprobe's alone to list; fluent-ffmpeg's call of it cannot, so execa runs that.
 */
export { decodeAdts, decodeSound, encodeAdts, type SoundShape } from './convert-sound.ts'
export { encodePictures } from './encode-pictures.ts'
export { findFfmpeg } from './find-ffmpeg.ts'
export { decodeStretches, type FilmPackets, readPackets, type Stretch } from './inspect-film.ts'
export { makeStills } from './make-stills.ts'
export { probe } from './probe.ts'
export { type PieceSource, renderPiece } from './render-piece.ts'
export type { FfmpegOptions } from './run-ffmpeg.ts'
