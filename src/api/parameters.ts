import Type from 'typebox'
import { Check } from 'typebox/value'
import { AppError, NameSchema, RecordingIdSchema, RoomNameSchema } from '../protocol/index.ts'

/** Ids in a path are described but not validated: an id that cannot exist is answered like one that does not. */
export const RecordingParameters = Type.Object({ id: Type.String({ description: 'rec_<ulid>' }) })
export const SourceParameters = Type.Object({
  id: Type.String({ description: 'rec_<ulid>' }),
  sourceId: Type.String({ description: 'The id that the source was added with' }),
})
export const RoomParameters = Type.Object({ room: RoomNameSchema })
/** The answer of a call that has nothing to tell but that it worked. */
export const NoContentSchema = Type.Unsafe<undefined>({ description: 'Done' })

const isRecordingId = (text: string): boolean => Check(RecordingIdSchema, text)
const isName = (text: string): boolean => Check(NameSchema, text)

/** Errors: `recording.not-found` for what is no recording's id at all. */
export function recordingIdOf({ id }: { readonly id: string }): string {
  if (isRecordingId(id)) return id
  throw new AppError('recording.not-found', 'There is no recording with this id; ids look like rec_<ulid>', {
    field: '/id',
    received: id.slice(0, 100),
  })
}

/** Errors: `source.not-found` for what is no source's id at all. */
export function sourceIdOf({ sourceId }: { readonly sourceId: string }): string {
  if (isName(sourceId)) return sourceId
  throw new AppError('source.not-found', 'The recording has no source with this id', {
    field: '/sourceId',
    received: sourceId.slice(0, 100),
  })
}
