/**
 * FFmpeg and ffprobe, and nothing else starts them. The recorder never does: its media are encoded once, in Chrome. It knows no
 * recording, no playlist and no store.
 *
 * fluent-ffmpeg builds FFmpeg's command lines and starts nothing; one runner (`run-program.ts`) starts both programs. An abort, a reader
 * that leaves and an input that fails kill the program, and the caller goes on only when the process is gone; input is read no faster
 * than the program takes it; the last lines of its log, or why it could not be started, are in the error.
 */
export { decodeAdts, decodeSound, encodeAdts, type SoundShape } from './convert-sound.ts'
export { encodePictures } from './encode-pictures.ts'
export { decodeStretches, type FilmPackets, readPackets, type Stretch } from './inspect-film.ts'
export { makeStills } from './make-stills.ts'
export { makeTestFilm } from './make-test-film.ts'
export { probe } from './probe.ts'
export { type PieceSource, renderPiece } from './render-piece.ts'
export type { FfmpegOptions } from './run-program.ts'
export { tryFfmpeg } from './try-ffmpeg.ts'
