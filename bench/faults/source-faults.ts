import type { HlsFault } from '../../test/kit/index.ts'
import type { Fault, Scene } from './fault.ts'

/** The source that is dropped; the one before it must not notice. */
const DROPPED = 1
/** Longer than a placeholder takes to come, and than a player's buffer. */
const AWAY_MS = 10_000
/** As long as a source that is there again may stay away. */
const BACK_SEC = 5

const serverFails =
  (fault: HlsFault) =>
  async ({ stage }: Scene) => {
    stage.live.server(DROPPED).setFault(fault)
    return async () => stage.live.server(DROPPED).setFault(null)
  }

const source = (name: string, title: string, inject: Fault['inject'], kind?: Fault['kind']): Fault => ({
  name: `source-${name}`,
  title: `${title} for ${AWAY_MS / 1000} s`,
  shape: 'alone',
  goOnSec: 0,
  backSec: BACK_SEC,
  holdMs: AWAY_MS,
  source: DROPPED,
  inject,
  ...(kind && { kind }),
})

export const SOURCE_FAULTS: readonly Fault[] = [
  source('hls-reset', 'HLS source: its server resets every connection', serverFails({ kind: 'reset' })),
  source('hls-hang', 'HLS source: its server hangs', serverFails({ kind: 'hang' })),
  source('hls-gone', 'HLS source: 404', serverFails({ kind: 'status', status: 404 })),
  source('hls-garbage', 'HLS source: garbage for segments', serverFails({ kind: 'garbage', on: 'segments' })),
  source('hls-encoder', 'HLS source: its encoder ends, and a new one begins at media sequence 0', async ({ stage }) => {
    await stage.live.server(DROPPED).kill()
    return () => stage.live.server(DROPPED).restart('fresh')
  }),
  source(
    'whep-publisher',
    'WHEP source: its publisher leaves',
    async ({ stage }) => {
      const whep = await stage.whep()
      await whep.leave()
      return () => whep.comeBack()
    },
    'whep',
  ),
  source(
    'whep-server',
    'WHEP source: its server hangs up and refuses',
    async ({ stage }) => {
      const whep = await stage.whep()
      await whep.refuse()
      return () => whep.accept()
    },
    'whep',
  ),
  source(
    'video-server',
    'video file: its server resets every connection',
    async ({ stage }) => {
      const { way } = await stage.video()
      way.setFault({ kind: 'refuse' })
      return async () => way.setFault(null)
    },
    'video',
  ),
]
