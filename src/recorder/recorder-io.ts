import type { RecorderCommand, RecorderEvent } from '../protocol/index.ts'
import type { LogPort } from '../telemetry/index.ts'

/** Everything of the outside world that a recorder talks to, apart from Chrome, the store and the signalling server. */
export interface RecorderIo {
  emit(event: RecorderEvent): void
  readonly commands: AsyncIterable<RecorderCommand>
  /** Aborting it ends the take in order, with reason `terminated`. */
  readonly signal: AbortSignal
  readonly logger: LogPort
  /** The built recorder page; without it `dist/recorder-page` of this package. */
  readonly pageDir?: string
}
