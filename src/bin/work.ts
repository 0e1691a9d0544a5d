import type { Config } from '../config/index.ts'
import { startWorker } from '../engine/index.ts'
import { createRoomTokens } from '../hub/index.ts'
import { AppError } from '../protocol/index.ts'
import type { Logger } from '../telemetry/index.ts'
import { type CoreOptions, makeFolders, openCore, workerOptions } from './core.ts'

const RECORDER_TOKEN_SEC = 8 * 24 * 3600

/** A worker without an API, beside services that share its database. Throws `config.invalid` when nothing is shared. */
export async function startLoneWorker(
  config: Config,
  options: CoreOptions = {},
): Promise<AsyncDisposable & { readonly logger: Logger }> {
  if (config.database.kind === 'embedded') {
    throw new AppError(
      'config.invalid',
      '`PANOREC_DATABASE_URL` is not set, and a worker alone has no one to work for: name the Postgres that the service uses.',
      {
        field: 'PANOREC_DATABASE_URL',
      },
    )
  }
  const { publicUrl } = config
  if (publicUrl === null) {
    throw new AppError(
      'config.invalid',
      '`PANOREC_PUBLIC_URL` is not set, so recorders of this worker could not join the rooms of the service.',
      {
        field: 'PANOREC_PUBLIC_URL',
      },
    )
  }
  await using undo = new AsyncDisposableStack()
  await makeFolders(config)
  const core = undo.use(await openCore(config, options))
  const tokens = createRoomTokens(core.hubSecret)
  undo.use(
    await startWorker(
      workerOptions(core, config, {
        signallingFor: (room, recordingId) => ({
          url: `${publicUrl.replace(/^http/, 'ws')}/v1/rooms/${room}/signals`,
          token: tokens.mint({
            room,
            role: 'recorder',
            identity: `recorder-${recordingId}`,
            ttlSec: RECORDER_TOKEN_SEC,
          }),
        }),
      }),
    ),
  )
  const resources = undo.move()
  core.logger.info('The worker waits for recordings')
  return { logger: core.logger, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
