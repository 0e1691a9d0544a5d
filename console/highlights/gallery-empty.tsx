import { Command } from '../parts/command.tsx'
import { Icon } from '../parts/icons.tsx'
import type { GalleryFilter } from '../state/gallery.ts'
import { galleryLink, isNarrowed } from '../state/route.ts'
import { serviceUrl } from '../state/service-url.ts'

/** Shows how to make the first highlight, or the way out of a filter that shows none. */
export function GalleryEmpty({ filter }: { readonly filter: GalleryFilter }) {
  if (isNarrowed(filter)) {
    return (
      <section class="empty">
        <h2>No highlight fits</h2>
        <p>
          {filter.favourite ? 'Mark a highlight with its heart, and it is here. ' : ''}
          <a href={galleryLink({})}>Show all highlights</a>
        </p>
      </section>
    )
  }
  const command = `curl -X POST ${serviceUrl()}/v1/recordings/<id>/highlights \\\n  -H 'content-type: application/json' \\\n  -d '{ "label": "The question", "preSec": 20, "postSec": 10 }'`
  return (
    <section class="empty">
      <span class="empty-icon">
        <Icon name="spark" />
      </span>
      <h2>Keep the first moment</h2>
      <p>
        Open a <a href="#/recordings">recording</a> and press <kbd>h</kbd> or its button “Highlight”. The clip of what
        just happened is here seconds later. A program does the same with one call:
      </p>
      <Command text={command} />
    </section>
  )
}
