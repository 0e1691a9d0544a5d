import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Highlight } from '../../src/protocol/index.ts'
import { wordsOf } from '../state/api.ts'
import { type GalleryFilter, matchesGallery, newestHighlights } from '../state/gallery.ts'
import { type GalleryPage, loadHighlights } from '../state/highlight-calls.ts'
import { useSession } from '../state/hooks.ts'
import { galleryLink } from '../state/route.ts'

interface GalleryView {
  /** Those of the loaded pages, and whatever came after them. */
  readonly highlights: readonly Highlight[]
  readonly loading: boolean
  readonly error: string | undefined
  /** Loads the next page; undefined when everything is there. */
  readonly more: (() => void) | undefined
}

/** The highlights of a filter, kept fresh by the session. */
export function useGallery(filter: GalleryFilter): GalleryView {
  const [session, { gallery, library, arrival }] = useSession()
  const [page, setPage] = useState<GalleryPage>()
  const [loading, setLoading] = useState(true)
  const [error, setError] = useState<string>()
  const link = galleryLink(filter)
  const wanted = useRef(link)
  wanted.current = link
  const load = useCallback(
    async (cursor?: string) => {
      setLoading(true)
      try {
        const loaded = await loadHighlights(session, filter, { cursor })
        if (wanted.current !== link) return
        setPage(loaded)
        setError(undefined)
      } catch (thrown) {
        if (wanted.current === link) setError(wordsOf(thrown))
      } finally {
        if (wanted.current === link) setLoading(false)
      }
    },
    // A filter is the same when its link is.
    [session, link],
  )
  // `arrival` is a dependency: it loads again when the service is back.
  useEffect(() => void load(), [load, arrival])
  const oldestId = page === undefined || page.nextCursor === null ? '' : (page.oldestId ?? '')
  const highlights = newestHighlights(gallery).filter(
    (highlight) =>
      page !== undefined &&
      highlight.id >= oldestId &&
      matchesGallery(highlight, filter, library.get(highlight.recordingId)?.room),
  )
  const cursor = page?.nextCursor ?? undefined
  return { highlights, loading, error, more: cursor === undefined ? undefined : () => void load(cursor) }
}
