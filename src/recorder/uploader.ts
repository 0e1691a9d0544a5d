import { type Segment, segmentUri } from '../playlist/index.ts'
import type { AppError } from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'
import type { Publication } from './publication.ts'
import { retry } from './retry.ts'
import type { Spool } from './spool.ts'

/** A segment in the spool, on its way to the store. */
export interface SpooledSegment {
  readonly path: string
  readonly bytes: number
  readonly durationSec: number
  readonly programDateTimeMs: number
  readonly discontinuity: boolean
  readonly lastFrameAtMs: number
}

/** `seq` counts from 0 through all takes of the recording (RFC 8216 §4.3.3.2). */
export interface StoredSegment extends SpooledSegment {
  readonly seq: number
}

export interface UploaderOptions {
  readonly recordingId: string
  readonly take: number
  readonly store: SegmentStore
  readonly spool: Spool
  /** What earlier takes stored; repeated until the store answers. */
  readonly load: () => Promise<Publication>
  /** The segment is in the store and in the playlists. */
  readonly onStored: (segment: StoredSegment) => void
  /** The store failed and is tried again; never the end of a recording. */
  readonly onTrouble: (error: AppError) => void
}

export interface Uploader {
  /** Resolves with the publication as soon as the store has answered once. */
  readonly publication: Promise<Publication>
  add(segment: SpooledSegment): void
  /** Stores what is left and closes the playlists; throws the store's error when `deadline` comes first. */
  finish(deadline: AbortSignal): Promise<Publication>
}

/** While many segments wait, one pair of playlists names this many at once. */
const MAX_UNPUBLISHED = 8

/** Stores segments one after the other, in order; a playlist never names one that is not stored. */
export function startUploader(options: UploaderOptions): Uploader {
  const giveUp = new AbortController()
  const queue: SpooledSegment[] = []
  let finishing = false
  let wake = Promise.withResolvers<void>()
  const persist = <T>(run: () => Promise<T>): Promise<T> =>
    retry(run, { signal: giveUp.signal, onTrouble: options.onTrouble })

  const publication = persist(options.load)
  const work = publication.then(async (ready) => {
    const unpublished: StoredSegment[] = []
    for (;;) {
      const segment = queue.shift()
      if (segment !== undefined) unpublished.push(await storeSegment(segment, ready))
      if (unpublished.length > 0 && (queue.length === 0 || unpublished.length >= MAX_UNPUBLISHED)) {
        await persist(() => ready.publish({ ended: false }))
        await release(unpublished.splice(0))
      }
      if (queue.length > 0) continue
      if (finishing) break
      await wake.promise
    }
    if (ready.segments.length > 0) await persist(() => ready.publish({ ended: true }))
    return ready
  })
  work.catch(() => undefined)

  async function storeSegment(spooled: SpooledSegment, ready: Publication): Promise<StoredSegment> {
    const seq = (ready.segments.at(-1)?.seq ?? -1) + 1
    const uri = segmentUri(options.take, seq)
    await persist(() => options.store.putFile(`${options.recordingId}/${uri}`, spooled.path, { signal: giveUp.signal }))
    ready.add(listed(spooled, seq, uri, ready))
    return { ...spooled, seq }
  }

  function listed(spooled: SpooledSegment, seq: number, uri: string, ready: Publication): Segment {
    const { durationSec, programDateTimeMs } = spooled
    const beginsTake = ready.segments.length > 0 && ready.segments.at(-1)?.take !== options.take
    return {
      seq,
      take: options.take,
      uri,
      durationSec,
      programDateTimeMs,
      discontinuity: spooled.discontinuity || beginsTake,
    }
  }

  async function release(stored: readonly StoredSegment[]): Promise<void> {
    for (const segment of stored) {
      options.onStored(segment)
      await options.spool.remove(segment.path)
    }
  }

  const notify = (): void => {
    wake.resolve()
    wake = Promise.withResolvers()
  }
  return {
    publication,
    add(segment) {
      queue.push(segment)
      notify()
    },
    async finish(deadline) {
      finishing = true
      notify()
      const abort = (): void => giveUp.abort()
      if (deadline.aborted) abort()
      deadline.addEventListener('abort', abort, { once: true })
      return await work.finally(() => deadline.removeEventListener('abort', abort))
    },
  }
}
