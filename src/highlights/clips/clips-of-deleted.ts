import { objectName } from '../../archive/keys.ts'
import { toAppError } from '../../protocol/index.ts'
import { listAll } from '../list-all.ts'
import { purge } from '../media.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { HighlightRecord } from '../record.ts'
import type { HighlightWriter } from '../write.ts'
import type { DueClips } from './due-clips.ts'

/** What is still to be made of the highlights of a recording. */
export interface PendingClips {
  /** True while a highlight waits for its plan: until then it may need any of the media. */
  readonly waiting: boolean
  /** Clips that are being cut, and the segments that they name, relative to the recording. */
  readonly cutting: readonly { readonly id: string; readonly segments: readonly string[] }[]
  /** True while a recap is rendered: it reads clips, and how large the pictures of the recording are. */
  readonly rendering: boolean
}

/** The highlights and recaps of a recording that is deleted. */
export class ClipsOfDeleted {
  readonly #ports: HighlightsPorts
  readonly #writer: HighlightWriter
  readonly #due: DueClips

  constructor(ports: HighlightsPorts, { writer, due }: { readonly writer: HighlightWriter; readonly due: DueClips }) {
    this.#ports = ports
    this.#writer = writer
    this.#due = due
  }

  /** Plans what waits, where that can be done, and returns what is pending after it. Errors: of the store and the database. */
  async planRemaining(recordingId: string): Promise<PendingClips> {
    await this.#due.plan(recordingId, await this.#inState(recordingId, 'waiting'))
    // In this order: what is planned in between counts as being cut.
    const waiting = (await this.#inState(recordingId, 'waiting')).length > 0
    const cutting = (await this.#inState(recordingId, 'cutting')).map(({ id, segments }) => {
      return { id, segments: (segments ?? []).map(({ uri }) => uri) }
    })
    const rendering = (await this.#ports.recaps.list(recordingId)).some(({ state }) => state === 'rendering')
    return { waiting, cutting, rendering }
  }

  /** Names of the films of its recaps, relative to the recording. */
  async outputs(recordingId: string): Promise<readonly string[]> {
    const kept = (await this.#ports.recaps.list(recordingId)).filter(({ state }) => state !== 'failed')
    return kept.flatMap(({ id: recap }) => [objectName('recap', { recap }), objectName('recapManifest', { recap })])
  }

  /** Deletes all of them, with their shares; what is being made of them is discarded. */
  async deleteAll(recordingId: string): Promise<void> {
    const { recaps, highlights, observer } = this.#ports
    for (const { id } of await recaps.list(recordingId)) await recaps.delete(id)
    for await (const { id } of listAll(highlights, { recordingId })) {
      const record = await this.#writer.delete(id)
      if (record === undefined) continue
      await purge(this.#ports, record).catch((thrown: unknown) => {
        observer.trouble(toAppError(thrown), 'the media of a deleted highlight could not be deleted now', record)
      })
    }
  }

  async #inState(recordingId: string, state: 'waiting' | 'cutting'): Promise<readonly HighlightRecord[]> {
    const found: HighlightRecord[] = []
    for await (const record of listAll(this.#ports.highlights, { recordingId, states: [state] })) found.push(record)
    return found
  }
}
