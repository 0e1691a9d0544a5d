import {
  buildManifest,
  loadManifest,
  type Manifest,
  type Publication,
  storeManifest,
  type TakeProgress,
} from '../archive/index.ts'
import type { ErrorInfo, RecorderRequest } from '../protocol/index.ts'
import type { SegmentStore } from '../store/index.ts'

/** The end of a take. A recording that goes on, or may, is not `completed`. */
interface TakeEnd {
  readonly state: 'completed' | 'recording' | 'recovering'
  readonly endedAt: string
  readonly error: ErrorInfo | null
}

/** Keeps `recording.json` up to date through one take. */
export class TakeManifest {
  readonly #store: SegmentStore
  readonly #request: RecorderRequest
  #earlier: Manifest | undefined
  #publication: Publication | undefined
  #progress: TakeProgress

  constructor(store: SegmentStore, request: RecorderRequest, openedAt: string) {
    this.#store = store
    this.#request = request
    this.#progress = { state: 'recording', startedAt: openedAt, endedAt: null, error: null }
  }

  /** Reads what earlier takes left and stores the manifest with this take in it. */
  async open(publication: Publication): Promise<void> {
    if (this.#request.take > 1) this.#earlier = await loadManifest(this.#store, this.#request.recordingId)
    this.#publication = publication
    await this.save()
  }

  /** Sets the wall time of the take's first picture, epoch milliseconds. Not stored by itself. */
  setStart(startedAtMs: number): void {
    this.#progress = { ...this.#progress, startedAt: new Date(startedAtMs).toISOString() }
  }

  /** Sets whether the recording stands still. Not stored by itself. */
  setPaused(isPaused: boolean): void {
    this.#progress = { ...this.#progress, state: isPaused ? 'paused' : 'recording' }
  }

  /** Stores the manifest as it is now; does nothing before `open`. */
  async save(): Promise<void> {
    if (this.#publication === undefined) return
    await storeManifest(
      this.#store,
      buildManifest(this.#request, this.#earlier, this.#progress, this.#publication.stored),
    )
  }

  /** Stores the manifest for the last time in this take. */
  async close(end: TakeEnd): Promise<void> {
    this.#progress = { ...this.#progress, ...end }
    await this.save()
  }
}
