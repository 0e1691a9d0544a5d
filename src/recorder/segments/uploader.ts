import { access } from 'node:fs/promises'
import type { Publication } from '../../archive/index.ts'
import { objectKey, segmentName } from '../../archive/keys.ts'
import type { Segment } from '../../playlist/index.ts'
import { AppError, toAppError } from '../../protocol/index.ts'
import { forget, markStored, type SpooledSegment } from '../../spool/index.ts'
import type { SegmentStore } from '../../store/index.ts'
import { untilStored } from './until-stored.ts'

/** A segment of this take or of an earlier one, stored and named by the playlists. */
export type StoredSegment = Segment & Pick<SpooledSegment, 'bytes' | 'lastFrameAtMs'>

export interface UploaderOptions {
  readonly recordingId: string
  readonly store: SegmentStore
  /** Waits until this take may write playlists, and brings what earlier takes stored and left; repeated until it works. */
  readonly begin: (giveUp: AbortSignal) => Promise<{
    readonly publication: Publication
    readonly leftovers: readonly SpooledSegment[]
  }>
  readonly onStored: (segment: StoredSegment) => void
  /** The store failed and is tried again; never the end of a recording. Called once for each outage. */
  readonly onTrouble: (error: AppError) => void
  /** Nothing is published any more, though nobody has ended it: another take has to. */
  readonly onFailed: (error: AppError) => void
}

export interface Uploader {
  /** Resolves with the publication as soon as the store has answered once. */
  readonly publication: Promise<Publication>
  add(segment: SpooledSegment): void
  /** Stores what is left and closes the playlists, with ENDLIST when `ended`; throws the store's error at the deadline. */
  finish(options: { readonly ended: boolean; readonly deadline: AbortSignal }): Promise<Publication>
}

/** While more segments wait than are uploaded at once, one set of playlists names this many. */
const MAX_UNPUBLISHED = 8
/** One upload after the other would be as slow as its round trips; more would take the link from the sources. */
const PARALLEL_UPLOADS = 4

/** Stores segments, a few at once, and publishes them in order; a playlist never names one that is not stored. */
export function startUploader(options: UploaderOptions): Uploader {
  const giveUp = new AbortController()
  const queue: SpooledSegment[] = []
  const uploads: Promise<SpooledSegment>[] = []
  let closing: { readonly ended: boolean } | undefined
  let inTrouble = false
  let wake = Promise.withResolvers<void>()

  async function persist<T>(run: () => Promise<T>): Promise<T> {
    const onTrouble = (error: AppError): void => {
      if (!inTrouble) options.onTrouble(error)
      inTrouble = true
    }
    const result = await untilStored(run, { signal: giveUp.signal, onTrouble })
    inTrouble = false
    return result
  }

  const begun = persist(() => options.begin(giveUp.signal))
  const work = begun.then(async ({ publication, leftovers }) => {
    queue.unshift(...leftovers)
    const unpublished: SpooledSegment[] = []
    for (;;) {
      while (uploads.length < PARALLEL_UPLOADS && queue.length > 0) uploads.push(...queue.splice(0, 1).map(start))
      const next = uploads.shift()
      if (next !== undefined) unpublished.push(await next)
      const isIdle = uploads.length === 0 && queue.length === 0
      const isBehind = queue.length >= PARALLEL_UPLOADS
      if (unpublished.length >= (isBehind ? MAX_UNPUBLISHED : 1)) {
        await publish(publication, unpublished.splice(0))
      } else if (isIdle && closing !== undefined) break
      else if (isIdle) await wake.promise
    }
    if (publication.last !== undefined && closing.ended) await persist(() => publication.publish({ ended: true }))
    return publication
  })
  work.catch((error: unknown) => {
    // At the deadline `finish` throws it.
    if (!giveUp.signal.aborted) options.onFailed(toAppError(error))
  })

  /** Awaited in its turn: until then its failure is not unhandled. */
  function start(segment: SpooledSegment): Promise<SpooledSegment> {
    const uploading = upload(segment)
    uploading.catch(() => undefined)
    return uploading
  }

  async function upload(segment: SpooledSegment): Promise<SpooledSegment> {
    const { path } = segment
    if (segment.kind !== 'waiting' || path === undefined) return segment
    const key = objectKey(options.recordingId, 'segment', segment)
    const isStored = await persist(() => storeFile(key, path))
    return isStored ? await persist(() => markStored(segment)) : { ...segment, kind: 'gap', path: undefined }
  }

  /** False when the file is gone from the spool, whoever took it: the segment must not hold up those behind it. */
  async function storeFile(key: string, path: string): Promise<boolean> {
    try {
      await options.store.putFile(key, path, { signal: giveUp.signal })
      return true
    } catch (error) {
      if (await exists(path)) throw error
      options.onTrouble(new AppError('internal', `A segment is missing from the spool: ${path}`, { cause: error }))
      return false
    }
  }

  async function publish(publication: Publication, segments: readonly SpooledSegment[]): Promise<void> {
    const stored = segments.map((spooled): StoredSegment => ({ ...spooled, ...publication.add(listed(spooled)) }))
    await persist(() => publication.publish({ ended: false }))
    stored.forEach(options.onStored)
    for (const segment of segments) await persist(() => forget(segment))
  }

  const publication = begun.then((begin) => begin.publication)
  publication.catch(() => undefined)
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
    async finish({ ended, deadline }) {
      closing = { ended }
      notify()
      const abort = (): void => giveUp.abort()
      if (deadline.aborted) abort()
      deadline.addEventListener('abort', abort, { once: true })
      return await work.finally(() => deadline.removeEventListener('abort', abort))
    },
  }
}

/** As the playlists name it. */
function listed({ take, number, durationSec, programDateTimeMs, discontinuity, kind }: SpooledSegment) {
  const uri = segmentName({ take, number })
  return { take, uri, durationSec, programDateTimeMs, discontinuity, ...(kind === 'gap' && { gap: true }) }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
