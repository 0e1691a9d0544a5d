/**
 * Examines this machine, one finding a line: Chrome, FFmpeg, fonts, disk, database, store. It mends nothing and leaves nothing behind.
 */
export { runDoctor } from './doctor.ts'
