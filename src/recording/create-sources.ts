import { dequal } from 'dequal/lite'
import { AppError, MAX_SOURCES } from '../protocol/index.ts'
import { findSource, wrongState } from './changes.ts'
import { checkSourceUrl } from './check-spec.ts'
import type { CommandSender } from './command-sender.ts'
import type { OutboundPolicy, RecordingRepository } from './ports.ts'
import type { RecordingRecord, SourceRecord } from './record.ts'
import type { Recordings } from './recordings.ts'
import { isFinal } from './state.ts'
import { toSource } from './view.ts'

type Sources = Pick<Recordings, 'addSource' | 'updateSource' | 'removeSource'>

/** The use cases of a recording's sources. */
export function createSources(
  { repository, outbound }: { readonly repository: RecordingRepository; readonly outbound: OutboundPolicy },
  sender: CommandSender,
): Sources {
  return {
    async addSource(id, source, once) {
      const record = await repository.find(id)
      if (isFinal(record.state)) throw wrongState(record, 'source.add')
      const known = findSource(record, source.id)
      if (once !== undefined && known !== undefined && dequal(known.spec, source)) return toSource(known)
      checkRoomForSource(record, source.id)
      await checkSourceUrl(source, outbound)
      const check = (current: RecordingRecord) => checkRoomForSource(current, source.id)
      await sender.send(record, { type: 'source.add', source }, { once, check })
      return toSource(requireSource(await repository.find(id), source.id))
    },

    async updateSource(id, sourceId, patch) {
      const record = await repository.find(id)
      requireSource(record, sourceId)
      await sender.send(record, { type: 'source.update', sourceId, patch })
      return toSource(requireSource(await repository.find(id), sourceId))
    },

    async removeSource(id, sourceId) {
      const record = await repository.find(id)
      requireSource(record, sourceId)
      await sender.send(record, { type: 'source.remove', sourceId })
    },
  }
}

function requireSource(record: RecordingRecord, sourceId: string): SourceRecord {
  const source = findSource(record, sourceId)
  if (source !== undefined) return source
  throw new AppError('source.not-found', `The recording ${record.id} has no source ${JSON.stringify(sourceId)}.`, {
    received: sourceId,
    allowed: record.sources.map(({ spec }) => spec.id).join(', ') || 'none: it has no sources',
  })
}

function checkRoomForSource(record: RecordingRecord, sourceId: string): void {
  if (findSource(record, sourceId) !== undefined) {
    throw new AppError(
      'source.duplicate',
      `The recording ${record.id} already has a source ${JSON.stringify(sourceId)}.`,
      {
        field: '/id',
        received: sourceId,
      },
    )
  }
  if (record.sources.length >= MAX_SOURCES) {
    throw new AppError(
      'source.limit',
      `The recording ${record.id} has ${MAX_SOURCES} sources, which is the most: remove one first.`,
      {
        allowed: `${MAX_SOURCES} sources`,
      },
    )
  }
}
