import type { Highlight, Recap, Share } from '../protocol/index.ts'
import type { HighlightRecord, RecapRecord, ShareRecord } from './record.ts'

/** A highlight as the API shows it. `publicUrl` is the prefix of its links; null for links without a host. */
export function toHighlight(record: HighlightRecord, publicUrl: string | null): Highlight {
  const { room: _room, originKey: _key, segments: _segments, ...shown } = record
  const folder = `${publicUrl ?? ''}/media/${highlightKey(record)}`
  return {
    ...shown,
    metadata: { ...record.metadata },
    gaps: [...record.gaps],
    links: {
      playlist: `${folder}/clip.m3u8`,
      mp4: `${folder}/clip.mp4`,
      poster: `${folder}/poster.jpg`,
      preview: `${folder}/preview.webp`,
    },
  }
}

/** A share as the API shows it; who has its `url` sees the clip. */
export function toShare(record: ShareRecord, token: string, publicUrl: string | null): Share {
  return { ...record, url: `${publicUrl ?? ''}/s/${token}` }
}

/** A recap as the API shows it; its `mp4` answers once it is `ready`. */
export function toRecap(record: RecapRecord, publicUrl: string | null): Recap {
  const mp4 = `${publicUrl ?? ''}/media/${record.recordingId}/${recapName(record)}`
  return { ...record, highlights: [...record.highlights], omitted: [...record.omitted], links: { mp4 } }
}

/** The film of a recap, relative to its recording. */
export function recapName({ id }: { readonly id: string }): string {
  return `outputs/${id}.mp4`
}

/** Its row beside it, enough to write it again. */
export function recapManifestName({ id }: { readonly id: string }): string {
  return `outputs/${id}.json`
}

/** The store's folder of a highlight's media. */
export function highlightKey({ recordingId, id }: { readonly recordingId: string; readonly id: string }): string {
  return `${recordingId}/highlights/${id}`
}
