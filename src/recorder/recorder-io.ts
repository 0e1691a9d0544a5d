import type { RecorderCommand, RecorderEvent } from '../protocol/index.ts'
import type { LogPort } from '../telemetry/index.ts'
import type { OpenPage } from './page/index.ts'

/** What connects a recorder to the process that started it. */
export interface RecorderIo {
  emit(event: RecorderEvent): void
  readonly commands: AsyncIterable<RecorderCommand>
  /** Aborting it ends the take in order, with reason `terminated`. */
  readonly signal: AbortSignal
  readonly logger: LogPort
  /** The folder of the bundled recorder page. */
  readonly pageDir: string
  /** Chrome with the page, opened before the request was known; the take takes it over. */
  readonly preparedPage?: OpenPage | undefined
}
