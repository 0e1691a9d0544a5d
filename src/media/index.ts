/**
 * FFmpeg and ffprobe, and nothing else starts them. The recorder never does: its media are encoded once, in Chrome. It
 * knows no recording, no playlist and no store.
 */
export { type FfmpegTools, findFfmpeg } from './find-ffmpeg.ts'
export { type MediaInfo, type ProbeOptions, probe, type StreamInfo } from './probe.ts'
export { type FfmpegOptions, type FfmpegWork, type RunningFfmpeg, startFfmpeg } from './start-ffmpeg.ts'
