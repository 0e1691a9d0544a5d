import { type FencedStore, loadPublication, type Publication } from '../archive/index.ts'
import type { RecorderRequest } from '../protocol/index.ts'
import { type AdoptOptions, adoptLeftovers, type Overlap, takesAtWork, waitForPredecessors } from '../recovery/index.ts'
import type { Spool, SpooledSegment } from '../spool/index.ts'
import type { TakeManifest } from './take-manifest.ts'

interface TakePredecessorsOptions {
  readonly request: RecorderRequest
  readonly store: FencedStore
  readonly spool: Pick<Spool, 'adopted'>
  readonly manifest: TakeManifest
  /** Wall time of the take's first picture, epoch milliseconds; undefined when it ends without one. */
  readonly firstPictureMs: Promise<number | undefined>
}

/** The takes before this one, as far as they concern it: what they still write, and what they left. */
export class TakePredecessors {
  readonly #options: TakePredecessorsOptions
  readonly #adoption: AdoptOptions
  #overlap: Overlap | undefined

  constructor(options: TakePredecessorsOptions) {
    const { spoolDir, recordingId, take } = options.request
    this.#options = options
    this.#adoption = { spoolDir, recordingId, take, into: options.spool.adopted }
  }

  /**
   * Waits until this take may write what all takes share, overtakes those that have not ended, and returns what is published and what
   * is left to publish. Idempotent: it is repeated until it works.
   */
  async succeed(giveUp: AbortSignal): Promise<{
    readonly publication: Publication
    readonly leftovers: readonly SpooledSegment[]
  }> {
    const { request, store, manifest } = this.#options
    const { recordingId, segmentSec, video, rollingSec } = request
    this.#overlap ??= await this.#findOverlap()
    // A take that hands over ends by itself and stores the rest first. One that lost its worker ends only when overtaken.
    if (request.handover !== null) await waitForPredecessors(this.#adoption, giveUp)
    await store.claim()
    await waitForPredecessors(this.#adoption, giveUp)
    const publication = await loadPublication(store, recordingId, { segmentSec, fps: video.fps, rollingSec })
    await manifest.open(publication)
    return { publication, leftovers: await adoptLeftovers(this.#adoption, publication, this.#overlap) }
  }

  /** Earlier takes that record at the same time as this one. Without a picture nothing is there twice. */
  async #findOverlap(): Promise<Overlap> {
    const { request, firstPictureMs } = this.#options
    const beganAtMs = request.take === 1 ? undefined : await firstPictureMs
    return { takes: await takesAtWork(this.#adoption), beganAtMs: beganAtMs ?? Number.POSITIVE_INFINITY }
  }
}
