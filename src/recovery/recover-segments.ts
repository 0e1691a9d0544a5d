import type { KeptLog } from '../archive/index.ts'
import { objectKey, segmentName } from '../archive/keys.ts'
import type { Segment } from '../playlist/index.ts'
import {
  claimFolder,
  forget,
  listAdopted,
  listSpoolFolders,
  markStored,
  openSpool,
  readAdopted,
  readKeptLogs,
  type SpooledSegment,
  type SpooledTake,
  unplaced,
} from '../spool/index.ts'
import type { SegmentStore } from '../store/index.ts'
import { RETRY_POLICIES, retry } from '../timing/index.ts'

type Found = Omit<Segment, 'seq'>

interface RecoverOptions {
  readonly store: SegmentStore
  readonly spoolDir: string
  readonly recordingId: string
  /** Chooses which of the segments that were found are stored; the others are forgotten with them. */
  readonly choose: (found: readonly Found[]) => Promise<readonly Found[]>
}

/** What dead takes left on this machine. What is not forgotten before the disposal stays in the spool. */
interface RecoveredSegments extends AsyncDisposable {
  readonly takes: readonly SpooledTake[]
  /** The segments that are stored now. */
  readonly segments: readonly Found[]
  readonly signals: readonly KeptLog[]
  /** Removes all from the spool, once a playlist names the segments and the signals are stored. */
  forget(): Promise<void>
}

/** The take number of a recovery's own folder in the spool: a recovery that dies leaves what a take would leave. */
const RECOVERY_TAKE = 0

/** Takes over the folders of dead takes of a recording and stores their segments. Errors: those of the store. */
export async function recoverSegments(options: RecoverOptions): Promise<RecoveredSegments> {
  const { spoolDir, recordingId } = options
  const folders = await listSpoolFolders(spoolDir, recordingId)
  const dead = folders.filter(({ life }) => life === 'gone')
  const [first] = dead
  if (first === undefined) {
    const nothing = async (): Promise<void> => undefined
    return { takes: [], segments: [], signals: [], forget: nothing, [Symbol.asyncDispose]: nothing }
  }
  await using undo = new AsyncDisposableStack()
  const spool = undo.use(await openSpool(spoolDir, { ...first.about, take: RECOVERY_TAKE }))
  for (const folder of dead) await claimFolder(folder, spool.adopted)
  const takes = (await listAdopted(spool.adopted)).map(({ about }) => about).filter(({ take }) => take > RECOVERY_TAKE)
  const signals = await readKeptLogs(spool.adopted)
  const found = await readAdopted(spool.adopted)
  const chosen = new Set((await options.choose(found.map(unplaced))).map(({ uri }) => uri))
  const isChosen = (segment: SpooledSegment): boolean => chosen.has(segmentName(segment))
  const left = found.filter((segment) => !isChosen(segment))
  const segments: Found[] = []
  for (const segment of found.filter(isChosen)) {
    left.push(await storeSegment(options, segment))
    segments.push(unplaced(segment))
  }
  const resources = undo.move()
  return {
    takes,
    segments,
    signals,
    async forget() {
      for (const each of [...left, ...signals]) await forget(each)
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function storeSegment({ store, recordingId }: RecoverOptions, segment: SpooledSegment): Promise<SpooledSegment> {
  const { path } = segment
  if (segment.kind === 'waiting' && path !== undefined) {
    const key = objectKey(recordingId, 'segment', segment)
    await retry(() => store.putFile(key, path), { policy: RETRY_POLICIES.moment, isWorthIt: () => true })
  }
  return await markStored(segment)
}
