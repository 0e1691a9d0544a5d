/**
 * FFmpeg and ffprobe, and nothing else starts them. The recorder never does: its media are encoded once, in Chrome. It
 * knows no recording, no playlist and no store.
 */
export { decodeAdts, decodeSound, encodeAdts, type SoundShape } from './convert-sound.ts'
export { type EncodeWork, encodePictures } from './encode-pictures.ts'
export { type FfmpegTools, findFfmpeg } from './find-ffmpeg.ts'
export { decodeStretches, type FilmPackets, readPackets, type Stretch } from './inspect-film.ts'
export { makeStills, type StillsWork } from './make-stills.ts'
export { type PipeOptions, runFfmpeg } from './pipe-ffmpeg.ts'
export { type MediaInfo, type ProbeOptions, probe, type StreamInfo } from './probe.ts'
export { type PieceSource, renderPiece } from './render-piece.ts'
export { type FfmpegOptions, type FfmpegWork, type RunningFfmpeg, startFfmpeg } from './start-ffmpeg.ts'
