import { objectKey } from '../archive/keys.ts'
import type { Highlight, Recap, Share } from '../protocol/index.ts'
import type { HighlightRecord, RecapRecord, ShareRecord } from './record.ts'

/** A highlight as the API shows it. `publicUrl` is the prefix of its links; null for links without a host. */
export function toHighlight(record: HighlightRecord, publicUrl: string | null): Highlight {
  const { room: _room, originKey: _key, segments: _segments, ...shown } = record
  const linkTo = (kind: 'clipPlaylist' | 'clip' | 'poster' | 'preview') =>
    `${publicUrl ?? ''}/media/${objectKey(record.recordingId, kind, { highlight: record.id })}`
  return {
    ...shown,
    metadata: { ...record.metadata },
    gaps: [...record.gaps],
    links: {
      playlist: linkTo('clipPlaylist'),
      mp4: linkTo('clip'),
      poster: linkTo('poster'),
      preview: linkTo('preview'),
    },
  }
}

/** A share as the API shows it; who has its `url` sees the clip. */
export function toShare(record: ShareRecord, token: string, publicUrl: string | null): Share {
  return { ...record, url: `${publicUrl ?? ''}/s/${token}` }
}

/** A recap as the API shows it; its `mp4` answers once it is `ready`. */
export function toRecap(record: RecapRecord, publicUrl: string | null): Recap {
  const mp4 = `${publicUrl ?? ''}/media/${objectKey(record.recordingId, 'recap', { recap: record.id })}`
  return { ...record, highlights: [...record.highlights], omitted: [...record.omitted], links: { mp4 } }
}
