/**
 * From pictures and sound to packets on one time line: H.264 by WebCodecs, AAC by libavcodec. It never drops an
 * encoded packet.
 */
export { CutSchedule } from './cut-schedule.ts'
export { PictureEncoder } from './picture-encoder.ts'
export type { BitRate } from './rate-control.ts'
export type { SendPacket } from './send-packet.ts'
export { AAC_FRAME, SoundEncoder } from './sound-encoder.ts'
export { SoundRun } from './sound-run.ts'
export { SoundTimeline } from './sound-timeline.ts'
