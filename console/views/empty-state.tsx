import { Command } from '../parts/command.tsx'
import type { FilterName } from '../state/route.ts'
import { serviceUrl } from '../state/service-url.ts'

/** Shows the call that starts a recording, or the way out of a filter that shows none. */
export function EmptyState({ filter }: { readonly filter: FilterName }) {
  if (filter !== 'all') {
    return (
      <section class="empty">
        <h2>Nothing here</h2>
        <p>
          No recording is {filter} now. <a href="#/recordings">Show all recordings</a>
        </p>
      </section>
    )
  }
  return (
    <section class="empty">
      <h2>Start the first recording</h2>
      <p>
        Send the live streams of a class, and it appears here at once. The <a href="./docs">API reference</a> lists
        layouts, whiteboard, webhooks and everything else that a recording can have.
      </p>
      <Command text={exampleCall(serviceUrl())} />
    </section>
  )
}

function exampleCall(service: string): string {
  const body = {
    room: 'class-42',
    sources: [{ id: 'teacher', type: 'hls', url: 'https://example.com/live.m3u8', label: 'Ms Li', role: 'presenter' }],
    layout: { name: 'speaker' },
  }
  const json = JSON.stringify(body, null, 2)
  return `curl -X POST ${service}/v1/recordings \\\n  -H 'content-type: application/json' \\\n  -d '${json}'`
}
