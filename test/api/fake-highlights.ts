import type { HighlightQuery, Highlights, TriggerOrigin } from '../../src/highlights/highlights.ts'
import {
  AppError,
  DEFAULT_SHARE_SEC,
  type ErrorCode,
  type Highlight,
  type Recap,
  type RecapRequest,
  type Share,
} from '../../src/protocol/index.ts'
import type { Recordings } from '../../src/recording/recordings.ts'
import { pageOf } from './fakes.ts'

/** The use cases of highlights in memory: nothing is cut; a test moves a highlight on with `change`. */
interface FakeHighlights extends Highlights {
  readonly queries: HighlightQuery[]
  triggered: number
  /** Of each trigger. */
  readonly origins: (TriggerOrigin | undefined)[]
  change(id: string, part: Partial<Highlight>): Highlight
}

interface World {
  readonly recordings: Pick<Recordings, 'get'>
  readonly all: Map<string, Highlight>
  now(): string
}

export function createFakeHighlights(recordings: Pick<Recordings, 'get'>, clock: () => number): FakeHighlights {
  const all = new Map<string, Highlight>()
  const byKey = new Map<string, string>()
  const world: World = { recordings, all, now: () => new Date(clock()).toISOString() }
  const fake: FakeHighlights = {
    queries: [],
    triggered: 0,
    origins: [],
    change: (id, part) => put(world, { ...find(world, id), ...part }),
    async trigger(recordingId, trigger, origin) {
      await recordings.get(recordingId)
      fake.origins.push(origin)
      const key = origin?.key === undefined ? undefined : `${recordingId} ${origin.key}`
      const known = key === undefined ? undefined : byKey.get(key)
      if (known !== undefined) return find(world, known)
      fake.triggered += 1
      const id = fakeHighlightId(fake.triggered)
      if (key !== undefined) byKey.set(key, id)
      return put(world, highlightOf(id, recordingId, { at: world.now(), ...trigger }))
    },
    get: async (id) => find(world, id),
    async list(query) {
      fake.queries.push(query)
      const found: Highlight[] = []
      for (const highlight of all.values()) if (await matches(world, highlight, query)) found.push(highlight)
      return pageOf(found, query, 'hl')
    },
    async delete(id) {
      find(world, id)
      all.delete(id)
    },
    update: async (id, patch) => put(world, { ...find(world, id), ...patch }),
    setFavourite: async (id, favourite) => put(world, { ...find(world, id), favourite }),
    ...fakeShares(world, clock),
    ...fakeRecaps(world),
  }
  return fake
}

type Shares = Pick<Highlights, 'share' | 'shares' | 'revokeShare' | 'openShare'>

function fakeShares(world: World, clock: () => number): Shares {
  const shares = new Map<string, Share>()
  const byOnce = new Map<string, string>()
  return {
    async share(id, { expiresInSec = DEFAULT_SHARE_SEC } = {}, once) {
      find(world, id)
      const known = shares.get(byOnce.get(once?.ulid ?? '') ?? '')
      if (known !== undefined) return known
      const shareId = `shr_01JD0000000000000000000${String(shares.size + 1).padStart(3, '0')}`
      const expiresAt = new Date(clock() + expiresInSec * 1000).toISOString()
      const times = { createdAt: world.now(), expiresAt, revokedAt: null }
      const share: Share = { id: shareId, highlightId: id, url: `/s/${tokenOf(shareId)}`, ...times }
      shares.set(shareId, share)
      if (once !== undefined) byOnce.set(once.ulid, shareId)
      return share
    },
    async shares(id, query) {
      find(world, id)
      const own = [...shares.values()].filter(({ highlightId }) => highlightId === id)
      return pageOf(own, query, 'shr')
    },
    async revokeShare(id, shareId) {
      find(world, id)
      const share = shares.get(shareId)
      if (share?.highlightId !== id) return missing('share.not-found', 'The highlight has no such link')
      const revoked = { ...share, revokedAt: share.revokedAt ?? world.now() }
      shares.set(shareId, revoked)
      return revoked
    },
    async openShare(token) {
      const share = [...shares.values()].find(({ id }) => tokenOf(id) === token)
      const highlight = share && world.all.get(share.highlightId)
      if (!share || !highlight || share.revokedAt !== null || share.expiresAt <= world.now())
        return missing('share.not-found', 'The link does not exist, has expired or was revoked')
      return { highlight, share }
    },
  }
}

type Recaps = Pick<Highlights, 'recap' | 'getRecap' | 'deleteRecap' | 'recaps'>

function fakeRecaps(world: World): Recaps {
  const recaps = new Map<string, Recap>()
  const byOnce = new Map<string, string>()
  const get = (id: string): Recap => recaps.get(id) ?? missing('recap.not-found', `There is no recap ${id}`)
  let made = 0
  return {
    async recap(recordingId, request, once) {
      await world.recordings.get(recordingId)
      const known = recaps.get(byOnce.get(once?.ulid ?? '') ?? '')
      if (known !== undefined) return known
      const highlights = readyOf(world, recordingId, request.highlights)
      made += 1
      const id = `rcp_01JD0000000000000000000${String(made).padStart(3, '0')}`
      const recap = recapOf(id, recordingId, { ...request, highlights })
      recaps.set(id, recap)
      if (once !== undefined) byOnce.set(once.ulid, id)
      return recap
    },
    getRecap: async (id) => get(id),
    async deleteRecap(id) {
      get(id)
      recaps.delete(id)
    },
    async recaps(recordingId, query) {
      await world.recordings.get(recordingId)
      const own = [...recaps.values()].filter((recap) => recap.recordingId === recordingId)
      return pageOf(own, query, 'rcp')
    },
  }
}

/** The chosen ones, or all that are ready. */
function readyOf(world: World, recordingId: string, ids: readonly string[] | undefined): string[] {
  const own = [...world.all.values()].filter((highlight) => highlight.recordingId === recordingId)
  const chosen = ids?.map((id) => own.find((each) => each.id === id) ?? find(world, ''))
  const wanted = chosen ?? own.filter(({ state }) => state === 'ready')
  if (wanted.length === 0 || wanted.some(({ state }) => state !== 'ready'))
    return missing('highlight.not-ready', `There is no clip yet in ${recordingId}`)
  return wanted.map(({ id }) => id)
}

async function matches(world: World, highlight: Highlight, query: HighlightQuery): Promise<boolean> {
  const { recordingId, room, states, label, by, favourite, since, until } = query
  return (
    (recordingId === undefined || highlight.recordingId === recordingId) &&
    (room === undefined || (await world.recordings.get(highlight.recordingId)).room === room) &&
    (states === undefined || states.includes(highlight.state)) &&
    (label === undefined || (highlight.label ?? '').toLowerCase().includes(label.toLowerCase())) &&
    (by === undefined || highlight.by === by) &&
    (favourite === undefined || highlight.favourite === favourite) &&
    (since === undefined || highlight.at >= since) &&
    (until === undefined || highlight.at < until)
  )
}

function find({ all }: World, id: string): Highlight {
  return all.get(id) ?? missing('highlight.not-found', `There is no highlight ${id}`)
}

function put({ all }: World, highlight: Highlight): Highlight {
  all.set(highlight.id, highlight)
  return highlight
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

function recapOf(id: string, recordingId: string, asked: RecapRequest & { highlights: string[] }): Recap {
  const { title = null, titles = true, crossfadeSec = 0.5, highlights } = asked
  return {
    ...{ id, recordingId, state: 'rendering', title, highlights, omitted: [], titles, crossfadeSec },
    ...{ durationSec: null, bytes: null, createdAt: '2026-11-21T10:00:00.000Z', readyAt: null, error: null },
    traceId: '0'.repeat(32),
    links: { mp4: `/media/${recordingId}/outputs/${id}.mp4` },
  }
}
