import { AppError, toAppError } from '../protocol/index.ts'
import type { Highlights } from './highlights.ts'
import type { HighlightsPorts } from './ports.ts'
import { buildRecap, type HighlightRecord, msOf } from './record.ts'
import { toRecap } from './view.ts'

type Recaps = Pick<Highlights, 'recap' | 'getRecap' | 'recaps'>

/** As many clips as a request may name. */
const MAX_CLIPS = 100

export function createRecaps(ports: HighlightsPorts): Recaps {
  const { recaps, recordings, clipQueue, observer, clock, publicUrl } = ports
  return {
    async recap(recordingId, request) {
      await recordings.find(recordingId)
      const chosen = await chooseClips(ports, recordingId, request.highlights)
      const birth = { ulid: ports.newUlid(), traceId: ports.newTraceId(), now: clock() }
      const record = buildRecap(recordingId, { ...request, highlights: chosen.map(({ id }) => id) }, birth)
      await recaps.insert(record)
      await clipQueue.enqueueRecap({ recordingId, recapId: record.id }).catch((thrown: unknown) => {
        observer.trouble(toAppError(thrown), 'a recap could not be queued now', record)
      })
      return toRecap(record, publicUrl)
    },

    async getRecap(id) {
      const record = await recaps.find(id)
      if (record !== undefined) return toRecap(record, publicUrl)
      throw new AppError('recap.not-found', `There is no recap ${JSON.stringify(id)}.`, { received: id })
    },

    async recaps(recordingId) {
      await recordings.find(recordingId)
      return (await recaps.list(recordingId)).map((record) => toRecap(record, publicUrl))
    },
  }
}

async function chooseClips(
  { highlights }: HighlightsPorts,
  recordingId: string,
  ids: readonly string[] | undefined,
): Promise<readonly HighlightRecord[]> {
  if (ids === undefined) {
    const ready = await highlights.list({ recordingId, states: ['ready'], limit: MAX_CLIPS })
    if (ready.length > 0) return ready.toSorted((a, b) => msOf(a.at) - msOf(b.at))
    throw new AppError('highlight.not-ready', `The recording ${recordingId} has no highlight that is ready.`)
  }
  const chosen: HighlightRecord[] = []
  for (const [index, id] of ids.entries())
    chosen.push(await chosenClip(highlights, recordingId, id, `/highlights/${index}`))
  return chosen
}

async function chosenClip(
  highlights: HighlightsPorts['highlights'],
  recordingId: string,
  id: string,
  field: string,
): Promise<HighlightRecord> {
  const record = await highlights.find(id)
  if (record?.recordingId !== recordingId) {
    throw new AppError('highlight.not-found', `The recording ${recordingId} has no highlight ${JSON.stringify(id)}.`, {
      field,
      received: id,
    })
  }
  if (record.state !== 'ready') {
    throw new AppError('highlight.not-ready', `The clip of ${id} is \`${record.state}\`, not \`ready\`.`, {
      field,
      received: id,
      details: { state: record.state },
    })
  }
  return record
}
