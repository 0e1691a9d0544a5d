import { AppError, MOST_RECAP_SEC, toAppError } from '../../protocol/index.ts'
import { cutPage, pageOfRecords } from '../../recording/index.ts'
import type { Highlights } from '../highlights.ts'
import { listAll } from '../list-all.ts'
import { deleteFilm } from '../media.ts'
import type { HighlightsPorts } from '../ports.ts'
import { buildRecap, type HighlightRecord, msOf, type RecapRecord } from '../record.ts'
import { toRecap } from '../view.ts'

type Recaps = Pick<Highlights, 'recap' | 'getRecap' | 'recaps' | 'deleteRecap'>

export function createRecaps(ports: HighlightsPorts): Recaps {
  const { recaps, recordings, clipQueue, store, observer, clock, publicUrl } = ports
  const find = async (id: string): Promise<RecapRecord> => {
    const record = await recaps.find(id)
    if (record !== undefined) return record
    throw new AppError('recap.not-found', `There is no recap ${JSON.stringify(id)}.`, { received: id })
  }

  return {
    async recap(recordingId, request, once) {
      await recordings.find(recordingId)
      const chosen = await chooseClips(ports, recordingId, request.highlights)
      const birth = { ulid: once?.ulid ?? ports.newUlid(), traceId: ports.newTraceId(), now: clock() }
      const asked = buildRecap(recordingId, { ...request, highlights: chosen.map(({ id }) => id) }, birth)
      const record = await recaps.insert(asked)
      if (record.state !== 'rendering') return toRecap(record, publicUrl)
      await clipQueue.enqueueRecap({ recordingId, recapId: record.id }).catch((thrown: unknown) => {
        observer.trouble(toAppError(thrown), 'a recap could not be queued now', record)
      })
      return toRecap(record, publicUrl)
    },

    getRecap: async (id) => toRecap(await find(id), publicUrl),

    async recaps(recordingId, query) {
      await recordings.find(recordingId)
      const { page, nextCursor } = cutPage(await recaps.list(recordingId, pageOfRecords(query, 'rcp')), query.limit)
      return { items: page.map((record) => toRecap(record, publicUrl)), nextCursor }
    },

    async deleteRecap(id) {
      const record = await find(id)
      // Before its row, so that a failure can be repeated, and after it: a clip function may have stored it meanwhile.
      await deleteFilm(store, record)
      await recaps.delete(id)
      await deleteFilm(store, record)
    },
  }
}

async function chooseClips(
  { highlights }: HighlightsPorts,
  recordingId: string,
  ids: readonly string[] | undefined,
): Promise<readonly HighlightRecord[]> {
  if (ids === undefined) return await allReady(highlights, recordingId)
  const chosen: HighlightRecord[] = []
  for (const [index, id] of ids.entries())
    chosen.push(await chosenClip(highlights, recordingId, id, `/highlights/${index}`))
  const seconds = chosen.reduce((sum, { durationSec }) => sum + (durationSec ?? 0), 0)
  if (seconds > MOST_RECAP_SEC) throw tooLong(`The ${chosen.length} chosen highlights`, seconds, 'choose fewer')
  return chosen
}

async function allReady(
  highlights: HighlightsPorts['highlights'],
  recordingId: string,
): Promise<readonly HighlightRecord[]> {
  const ready: HighlightRecord[] = []
  let seconds = 0
  for await (const record of listAll(highlights, { recordingId, states: ['ready'] })) {
    ready.push(record)
    seconds += record.durationSec ?? 0
    if (seconds > MOST_RECAP_SEC) {
      const which = `The newest ${ready.length} highlights of ${recordingId} alone`
      throw tooLong(which, seconds, 'choose some in `highlights`')
    }
  }
  if (ready.length > 0) return ready.toSorted((a, b) => msOf(a.at) - msOf(b.at))
  throw new AppError('highlight.not-ready', `The recording ${recordingId} has no highlight that is ready.`)
}

function tooLong(which: string, seconds: number, advice: string): AppError {
  return new AppError('recap.too-long', `${which} last more than ${MOST_RECAP_SEC} s: ${advice}.`, {
    field: '/highlights',
    received: `${Math.round(seconds)} s`,
    allowed: `clips of ${MOST_RECAP_SEC} s together`,
  })
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
