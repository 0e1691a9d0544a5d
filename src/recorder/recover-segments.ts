import { type Segment, segmentUri } from '../playlist/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { claimFolder, listSpoolFolders, readAdopted } from './leftovers.ts'
import { forget, markStored, openSpool, type SpooledSegment, type SpooledTake } from './spool.ts'

export interface RecoverOptions {
  readonly store: SegmentStore
  readonly spoolDir: string
  readonly recordingId: string
}

/** What dead takes left on this machine, now stored. What is not forgotten before the disposal stays in the spool. */
export interface RecoveredSegments extends AsyncDisposable {
  readonly takes: readonly SpooledTake[]
  readonly segments: readonly Omit<Segment, 'seq'>[]
  /** A playlist names them: the spool needs them no more. */
  forget(): Promise<void>
}

/** Whoever recovers has a folder in the spool too: dying in the middle leaves what a take would leave. */
const RECOVERY_TAKE = 0

/** Takes over the folders of dead takes of a recording and stores their segments. Errors: those of the store. */
export async function recoverSegments({ store, spoolDir, recordingId }: RecoverOptions): Promise<RecoveredSegments> {
  const folders = await listSpoolFolders(spoolDir, recordingId)
  const dead = folders.filter(({ life }) => life === 'gone')
  const takes = dead.map(({ about }) => about)
  const [first] = takes
  if (first === undefined) {
    return { takes, segments: [], forget: async () => undefined, [Symbol.asyncDispose]: async () => undefined }
  }
  await using undo = new AsyncDisposableStack()
  const spool = undo.use(await openSpool(spoolDir, { ...first, take: RECOVERY_TAKE }))
  for (const folder of dead) await claimFolder(folder, spool.adopted)
  const stored: (SpooledSegment & { readonly uri: string })[] = []
  for (const segment of await readAdopted(spool.adopted)) {
    const uri = segmentUri(segment.take, segment.number)
    if (segment.kind === 'waiting' && segment.path !== undefined)
      await store.putFile(`${recordingId}/${uri}`, segment.path)
    stored.push({ ...(await markStored(segment)), uri })
  }
  const resources = undo.move()
  return {
    takes,
    segments: stored.map(({ take, uri, durationSec, programDateTimeMs, discontinuity, kind }) => {
      return { take, uri, durationSec, programDateTimeMs, discontinuity, ...(kind === 'gap' && { gap: true }) }
    }),
    async forget() {
      for (const segment of stored) await forget(segment)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
