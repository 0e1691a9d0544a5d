import createCommand, { type FfmpegCommand } from 'fluent-ffmpeg'
import { type FfmpegOptions, type ProgramCall, runProgram, streamProgram } from './run-program.ts'

export type { FfmpegCommand, FfmpegOptions }

/** FFmpeg's standard input and output as file names of a command. */
export const STDIN = 'pipe:0'
export const STDOUT = 'pipe:1'

export interface FfmpegWork extends Omit<ProgramCall, 'program' | 'args'> {
  /** Gives the command its inputs, filters and outputs. It is pure: it starts nothing. */
  readonly build: (command: FfmpegCommand) => unknown
}

/** `runProgram` for FFmpeg. */
export function runFfmpeg(work: FfmpegWork, options: FfmpegOptions = {}): ReturnType<typeof runProgram> {
  return runProgram(callOf(work), options)
}

/** `streamProgram` for FFmpeg. */
export function streamFfmpeg(work: FfmpegWork, options: FfmpegOptions = {}): ReturnType<typeof streamProgram> {
  return streamProgram(callOf(work), options)
}

function callOf({ build, ...around }: FfmpegWork): ProgramCall {
  const command = createCommand()
  build(command)
  return { ...around, program: 'ffmpeg', args: command._getArguments() }
}
