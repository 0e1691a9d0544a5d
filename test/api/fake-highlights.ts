import type { HighlightQuery, Highlights, TriggerOrigin } from '../../src/highlights/highlights.ts'
import { AppError, type ErrorCode, type Highlight, type Recap, type Share } from '../../src/protocol/index.ts'
import type { Recordings } from '../../src/recording/recordings.ts'

/** The use cases of highlights in memory: nothing is cut; a test moves a highlight on with `change`. */
export interface FakeHighlights extends Highlights {
  readonly queries: HighlightQuery[]
  triggered: number
  /** Of each trigger. */
  readonly origins: (TriggerOrigin | undefined)[]
  change(id: string, part: Partial<Highlight>): Highlight
}

export function createFakeHighlights(recordings: Recordings, clock: () => number): FakeHighlights {
  const all = new Map<string, Highlight>()
  const shares = new Map<string, Share>()
  const recaps = new Map<string, Recap>()
  const now = () => new Date(clock()).toISOString()
  const get = (id: string): Highlight => all.get(id) ?? missing('highlight.not-found', `There is no highlight ${id}`)
  const put = (highlight: Highlight): Highlight => {
    all.set(highlight.id, highlight)
    return highlight
  }
  const fake: FakeHighlights = {
    queries: [],
    triggered: 0,
    origins: [],
    change: (id, part) => put({ ...get(id), ...part }),
    async trigger(recordingId, trigger, origin) {
      await recordings.get(recordingId)
      fake.triggered += 1
      fake.origins.push(origin)
      return put(highlightOf(fakeHighlightId(fake.triggered), recordingId, { at: now(), ...trigger }))
    },
    get: async (id) => get(id),
    async list(query) {
      fake.queries.push(query)
      const items = [...all.values()].filter(
        ({ recordingId }) => query.recordingId === undefined || recordingId === query.recordingId,
      )
      return { items: items.slice(0, query.limit), nextCursor: null }
    },
    async delete(id) {
      get(id)
      all.delete(id)
    },
    update: async (id, patch) => put({ ...get(id), ...patch }),
    setFavourite: async (id, favourite) => put({ ...get(id), favourite }),
    async share(id, { expiresInSec = 3600 } = {}) {
      get(id)
      const shareId = `shr_01JD0000000000000000000${String(shares.size + 1).padStart(3, '0')}`
      const expiresAt = new Date(clock() + expiresInSec * 1000).toISOString()
      const share = { id: shareId, highlightId: id, url: `/s/${tokenOf(shareId)}`, createdAt: now(), expiresAt }
      shares.set(shareId, { ...share, revokedAt: null })
      return { ...share, revokedAt: null }
    },
    async shares(id) {
      get(id)
      return [...shares.values()].filter(({ highlightId }) => highlightId === id)
    },
    async revokeShare(id, shareId) {
      const share = shares.get(shareId)
      if (share?.highlightId !== id) return missing('share.not-found', 'The highlight has no such link')
      const revoked = { ...share, revokedAt: now() }
      shares.set(shareId, revoked)
      return revoked
    },
    async openShare(token) {
      const share = [...shares.values()].find(({ id }) => tokenOf(id) === token)
      const highlight = share && all.get(share.highlightId)
      if (!share || !highlight || share.revokedAt !== null || share.expiresAt <= now())
        return missing('share.not-found', 'The link does not exist, has expired or was revoked')
      return { highlight, share }
    },
    async recap(recordingId, request) {
      await recordings.get(recordingId)
      const recap = recapOf(`rcp_01JD0000000000000000000${String(recaps.size + 1).padStart(3, '0')}`, recordingId)
      recaps.set(recap.id, { ...recap, ...request })
      return { ...recap, ...request }
    },
    getRecap: async (id) => recaps.get(id) ?? missing('recap.not-found', `There is no recap ${id}`),
    async deleteRecap(id) {
      await fake.getRecap(id)
      recaps.delete(id)
    },
    async recaps(recordingId) {
      await recordings.get(recordingId)
      return [...recaps.values()].filter((recap) => recap.recordingId === recordingId)
    },
  }
  return fake
}

/** The id of the n-th highlight that a fake triggers. */
export function fakeHighlightId(n: number): string {
  return `hl_01JD0000000000000000000${String(n).padStart(3, '0')}`
}

/** A token that needs escaping nowhere, as those of the service. */
function tokenOf(shareId: string): string {
  return `${shareId.slice(4).toLowerCase()}.signed`
}

function missing(code: ErrorCode, message: string): never {
  throw new AppError(code, message)
}

function highlightOf(id: string, recordingId: string, asked: Partial<Highlight> & { at: string }): Highlight {
  const { at, preSec = 20, postSec = 10, label = null, by = null, metadata = {} } = asked
  const shifted = (sec: number) => new Date(Date.parse(at) + sec * 1000).toISOString()
  const folder = `/media/${recordingId}/highlights/${id}`
  return {
    ...{ id, recordingId, state: 'waiting', at, preSec, postSec, label, by, metadata, trigger: 'api', rule: null },
    ...{ from: shifted(-preSec), to: shifted(postSec), clamped: null, gaps: [], durationSec: null, bytes: null },
    ...{ favourite: false, createdAt: at, playableAt: null, readyAt: null, error: null, traceId: '0'.repeat(32) },
    links: {
      playlist: `${folder}/clip.m3u8`,
      mp4: `${folder}/clip.mp4`,
      poster: `${folder}/poster.jpg`,
      preview: `${folder}/preview.webp`,
    },
  }
}

function recapOf(id: string, recordingId: string): Recap {
  return {
    ...{
      id,
      recordingId,
      state: 'rendering',
      title: null,
      highlights: [],
      omitted: [],
      titles: true,
      crossfadeSec: 0.5,
    },
    ...{ durationSec: null, bytes: null, createdAt: '2026-11-21T10:00:00.000Z', readyAt: null, error: null },
    traceId: '0'.repeat(32),
    links: { mp4: `/media/${recordingId}/outputs/${id}.mp4` },
  }
}
