import type { RecorderCommand, RecorderEvent } from '../protocol/index.ts'

/** The part of pino that the recorder uses. */
export interface RecorderLogger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** Everything of the outside world that a recorder talks to, apart from Chrome, the store and the signalling server. */
export interface RecorderIo {
  emit(event: RecorderEvent): void
  readonly commands: AsyncIterable<RecorderCommand>
  /** Aborting it ends the take in order, with reason `terminated`. */
  readonly signal: AbortSignal
  readonly logger: RecorderLogger
  /** The built recorder page; without it `dist/recorder-page` of this package. */
  readonly pageDir?: string
}
