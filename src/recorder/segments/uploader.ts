import type { Publication } from '../../archive/index.ts'
import { objectKey } from '../../archive/keys.ts'
import type { Segment } from '../../playlist/index.ts'
import { AppError, toAppError } from '../../protocol/index.ts'
import { forget, isGone, markStored, type SpooledSegment, unplaced } from '../../spool/index.ts'
import type { SegmentStore } from '../../store/index.ts'
import { WakeUp } from '../../timing/index.ts'
import { untilStored } from './until-stored.ts'

/** A segment of this take or of an earlier one, stored and named by the playlists. */
export type StoredSegment = Segment & Pick<SpooledSegment, 'bytes' | 'lastFrameAtMs'>

interface UploaderOptions {
  readonly recordingId: string
  readonly store: SegmentStore
  /** Waits until this take may write playlists; returns what earlier takes published and left. Repeated until it succeeds. */
  readonly begin: (giveUp: AbortSignal) => Promise<{
    readonly publication: Publication
    readonly leftovers: readonly SpooledSegment[]
  }>
  readonly onStored: (segment: StoredSegment) => void
  /** Called once for each outage: the store failed and is tried again, which never ends a recording. */
  readonly onTrouble: (error: AppError) => void
  /** Called when this take can publish nothing more, though nobody has ended it: another take has to. */
  readonly onFailed: (error: AppError) => void
}

/** How many segments one set of playlists adds while more wait than are uploaded at once. */
const MAX_UNPUBLISHED = 8
/** Fewer would be as slow as their round trips; more would take the network from the sources. */
const PARALLEL_UPLOADS = 4

/** Stores segments, a few at once, and publishes them in order; a playlist never names one that is not stored. */
export class Uploader {
  /** Resolves with the publication as soon as the store has answered once. */
  readonly publication: Promise<Publication>
  readonly #options: UploaderOptions
  readonly #giveUp = new AbortController()
  readonly #news = new WakeUp()
  /** Segments whose upload has not begun. */
  readonly #queue: SpooledSegment[] = []
  /** Uploads that go on, in the order of the segments. */
  readonly #uploads: Promise<SpooledSegment>[] = []
  readonly #work: Promise<Publication>
  #closing: { readonly ended: boolean } | undefined
  #isInTrouble = false

  /** The work begins with the construction. */
  constructor(options: UploaderOptions) {
    this.#options = options
    const begun = this.#persist(() => options.begin(this.#giveUp.signal))
    this.#work = begun.then(({ publication, leftovers }) => this.#run(publication, leftovers))
    this.#work.catch((error: unknown) => {
      // At the deadline `finish` throws it.
      if (!this.#giveUp.signal.aborted) options.onFailed(toAppError(error))
    })
    this.publication = begun.then(({ publication }) => publication)
    this.publication.catch(() => undefined)
  }

  add(segment: SpooledSegment): void {
    this.#queue.push(segment)
    this.#news.ring()
  }

  /** Stores what is left and closes the playlists, with ENDLIST when `ended`; throws the store's error at the deadline. */
  async finish({ ended, deadline }: { readonly ended: boolean; readonly deadline: AbortSignal }): Promise<Publication> {
    this.#closing = { ended }
    this.#news.ring()
    const giveUp = (): void => this.#giveUp.abort()
    if (deadline.aborted) giveUp()
    deadline.addEventListener('abort', giveUp, { once: true })
    return await this.#work.finally(() => deadline.removeEventListener('abort', giveUp))
  }

  /** Uploads and publishes until `finish` was called and nothing is left. */
  async #run(publication: Publication, leftovers: readonly SpooledSegment[]): Promise<Publication> {
    this.#queue.unshift(...leftovers)
    const unpublished: SpooledSegment[] = []
    for (;;) {
      while (this.#uploads.length < PARALLEL_UPLOADS && this.#queue.length > 0) this.#startUpload()
      const next = this.#uploads.shift()
      if (next !== undefined) unpublished.push(await next)
      const isIdle = this.#uploads.length === 0 && this.#queue.length === 0
      const isBehind = this.#queue.length >= PARALLEL_UPLOADS
      if (unpublished.length >= (isBehind ? MAX_UNPUBLISHED : 1)) {
        await this.#publish(publication, unpublished.splice(0))
      } else if (isIdle && this.#closing !== undefined) break
      else if (isIdle) await this.#news.wait()
    }
    if (publication.last !== undefined && this.#closing.ended)
      await this.#persist(() => publication.publish({ ended: true }))
    return publication
  }

  #startUpload(): void {
    const [segment] = this.#queue.splice(0, 1)
    if (segment === undefined) return
    const uploading = this.#upload(segment)
    // Awaited in its turn: until then its failure is not unhandled.
    uploading.catch(() => undefined)
    this.#uploads.push(uploading)
  }

  async #upload(segment: SpooledSegment): Promise<SpooledSegment> {
    const { path } = segment
    if (segment.kind !== 'waiting' || path === undefined) return segment
    const key = objectKey(this.#options.recordingId, 'segment', segment)
    const isStored = await this.#persist(() => this.#storeFile(key, path))
    return isStored ? await this.#persist(() => markStored(segment)) : { ...segment, kind: 'gap', path: undefined }
  }

  /** False when the file is surely gone from the spool: the segment becomes a gap, so that it does not block those behind it. */
  async #storeFile(key: string, path: string): Promise<boolean> {
    const { store, onTrouble } = this.#options
    try {
      await store.putFile(key, path, { signal: this.#giveUp.signal })
      return true
    } catch (error) {
      if (!(await isGone(path))) throw error
      onTrouble(new AppError('internal', `A segment is missing from the spool: ${path}`, { cause: error }))
      return false
    }
  }

  async #publish(publication: Publication, segments: readonly SpooledSegment[]): Promise<void> {
    const stored = segments.map((spooled): StoredSegment => ({ ...spooled, ...publication.add(unplaced(spooled)) }))
    await this.#persist(() => publication.publish({ ended: false }))
    stored.forEach(this.#options.onStored)
    for (const segment of segments) await this.#persist(() => forget(segment))
  }

  /** Repeats `run` until the store takes it; the trouble of one outage is reported once. */
  async #persist<T>(run: () => Promise<T>): Promise<T> {
    const onTrouble = (error: AppError): void => {
      if (!this.#isInTrouble) this.#options.onTrouble(error)
      this.#isInTrouble = true
    }
    const result = await untilStored(run, { signal: this.#giveUp.signal, onTrouble })
    this.#isInTrouble = false
    return result
  }
}
