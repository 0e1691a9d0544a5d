import { AppError, DEFAULT_SHARE_SEC, type Highlight, toAppError } from '../protocol/index.ts'
import { cutPage, pageOfRecords } from '../recording/index.ts'
import { createTrigger } from './create-trigger.ts'
import type { Highlights } from './highlights.ts'
import { keepManifest, purge } from './media.ts'
import type { HighlightsPorts } from './ports.ts'
import { createRecaps } from './recaps/create-recaps.ts'
import { type HighlightRecord, instant, type ShareRecord } from './record.ts'
import { readShareToken, signShare } from './shares/share-token.ts'
import { toHighlight, toShare } from './view.ts'
import { createHighlightWriter } from './write.ts'

/** The use cases of highlights over their ports. */
export function createHighlights(ports: HighlightsPorts): Highlights {
  const { highlights, observer } = ports
  const writer = createHighlightWriter(ports)
  const trigger = createTrigger(ports, writer)
  const view = (record: HighlightRecord): Highlight => toHighlight(record, ports.publicUrl)
  const find = async (id: string): Promise<HighlightRecord> => found(await highlights.find(id), id)
  const edit = async (id: string, part: Partial<Pick<HighlightRecord, 'label' | 'favourite'>>): Promise<Highlight> => {
    const changed = await writer.change(id, (current) => {
      const record = { ...current, ...part }
      const isSame = record.label === current.label && record.favourite === current.favourite
      return isSame ? undefined : { record, event: 'highlight.updated' }
    })
    const record = found(changed, id)
    await keepManifest(ports, record).catch((thrown: unknown) => {
      const what = 'the label and the favourite mark could not be stored beside the clip'
      observer.trouble(toAppError(thrown), what, record)
    })
    return view(record)
  }

  return {
    ...createRecaps(ports),
    ...createShares(ports, find),

    trigger: async (recordingId, asked, origin) => view(await trigger(recordingId, asked, origin)),

    async get(id) {
      return view(await find(id))
    },

    async list({ limit, cursor, ...filters }) {
      const asked = pageOfRecords({ limit, ...(cursor !== undefined && { cursor }) }, 'hl')
      const { page, nextCursor } = cutPage(await highlights.list({ ...filters, ...asked }), limit)
      return { items: page.map(view), nextCursor }
    },

    async delete(id) {
      const record = found(await writer.delete(id), id)
      await purge(ports, record).catch((thrown: unknown) => {
        observer.trouble(toAppError(thrown), 'the media of a deleted highlight could not be deleted now', record)
      })
    },

    update: (id, patch) => edit(id, patch),
    setFavourite: (id, favourite) => edit(id, { favourite }),
  }
}

type Shares = Pick<Highlights, 'share' | 'shares' | 'revokeShare' | 'openShare'>

function createShares(ports: HighlightsPorts, find: (id: string) => Promise<HighlightRecord>): Shares {
  const { shares, clock, shareSecret, publicUrl } = ports
  const view = (record: ShareRecord) => toShare(record, signShare(record, shareSecret), publicUrl)
  return {
    async share(id, { expiresInSec = DEFAULT_SHARE_SEC } = {}, once) {
      const { id: highlightId } = await find(id)
      const now = clock()
      const record: ShareRecord = {
        id: `shr_${once?.ulid ?? ports.newUlid()}`,
        highlightId,
        createdAt: now.toISOString(),
        // Whole seconds, as the token has them.
        expiresAt: instant(Math.ceil(now.getTime() / 1000 + expiresInSec) * 1000),
        revokedAt: null,
      }
      return view(await shares.insert(record))
    },

    async shares(id, query) {
      await find(id)
      const { page, nextCursor } = cutPage(await shares.list(id, pageOfRecords(query, 'shr')), query.limit)
      return { items: page.map(view), nextCursor }
    },

    async revokeShare(id, shareId) {
      await find(id)
      const known = await shares.find(shareId)
      const record = known?.highlightId === id ? await shares.revoke(shareId, clock()) : undefined
      if (record === undefined) throw shareNotFound(shareId)
      return view(record)
    },

    async openShare(token) {
      const id = readShareToken(token, shareSecret, clock())
      const record = id === undefined ? undefined : await shares.find(id)
      if (record === undefined || record.revokedAt !== null) throw shareNotFound(null)
      const highlight = await ports.highlights.find(record.highlightId)
      if (highlight === undefined) throw shareNotFound(null)
      return { highlight: toHighlight(highlight, publicUrl), share: view(record) }
    },
  }
}

function found(record: HighlightRecord | undefined, id: string): HighlightRecord {
  if (record !== undefined) return record
  throw new AppError('highlight.not-found', `There is no highlight ${JSON.stringify(id)}.`, { received: id })
}

/** A token is a secret, and so it is not repeated. */
function shareNotFound(shareId: string | null): AppError {
  return new AppError('share.not-found', 'The link does not exist, has expired or was revoked.', {
    ...(shareId !== null && { received: shareId }),
  })
}
