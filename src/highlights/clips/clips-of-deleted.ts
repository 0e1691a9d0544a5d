import { objectName } from '../../archive/keys.ts'
import { toAppError } from '../../protocol/index.ts'
import type { ClipsOfDeleted } from '../../recording/index.ts'
import { listAll } from '../list-all.ts'
import { purge } from '../media.ts'
import type { HighlightsPorts } from '../ports.ts'
import type { HighlightRecord } from '../record.ts'
import type { HighlightWriter } from '../write.ts'

/** What the deletion of a recording asks of its highlights. `planDue` plans those of these that are due. */
export function createClipsOfDeleted(
  ports: HighlightsPorts,
  writer: HighlightWriter,
  planDue: (recordingId: string, waiting: readonly HighlightRecord[]) => Promise<void>,
): ClipsOfDeleted {
  const { highlights, recaps, observer } = ports
  const unfinished = async (recordingId: string, state: 'waiting' | 'cutting'): Promise<readonly HighlightRecord[]> => {
    const found: HighlightRecord[] = []
    for await (const record of listAll(highlights, { recordingId, states: [state] })) found.push(record)
    return found
  }

  return {
    async settle(recordingId) {
      await planDue(recordingId, await unfinished(recordingId, 'waiting'))
      // In this order: what is planned in between is seen as being cut.
      const waiting = (await unfinished(recordingId, 'waiting')).length > 0
      const cutting = (await unfinished(recordingId, 'cutting')).map(({ id, segments }) => {
        return { id, segments: (segments ?? []).map(({ uri }) => uri) }
      })
      const rendering = (await recaps.list(recordingId)).some(({ state }) => state === 'rendering')
      return { waiting, cutting, rendering }
    },

    async outputs(recordingId) {
      const kept = (await recaps.list(recordingId)).filter(({ state }) => state !== 'failed')
      return kept.flatMap(({ id: recap }) => [objectName('recap', { recap }), objectName('recapManifest', { recap })])
    },

    async deleteAll(recordingId) {
      for (const { id } of await recaps.list(recordingId)) await recaps.delete(id)
      for await (const { id } of listAll(highlights, { recordingId })) {
        const record = await writer.delete(id)
        if (record === undefined) continue
        await purge(ports, record).catch((thrown: unknown) => {
          observer.trouble(toAppError(thrown), 'the media of a deleted highlight could not be deleted now', record)
        })
      }
    },
  }
}
