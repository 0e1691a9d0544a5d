import type { Recording } from '../../src/protocol/index.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { isRunning } from '../state/recording-words.ts'
import { mediaUrl } from '../state/service-url.ts'

export function LinksPanel({ recording }: { readonly recording: Recording }) {
  const links = [
    { name: 'Whole recording', text: mediaUrl(recording.links.index) },
    ...(isRunning(recording) ? [{ name: 'Live edge', text: mediaUrl(recording.links.live) }] : []),
    { name: 'Recording id', text: recording.id },
    { name: 'Trace id', text: recording.traceId },
  ]
  return (
    <section class="panel" aria-labelledby="links-title">
      <h2 id="links-title">Links</h2>
      <ul class="links">
        {links.map(({ name, text }) => (
          <li key={name} class="link">
            <span class="link-name">{name}</span>
            <code class="link-text">{text}</code>
            <CopyButton text={text} label={`Copy: ${name}`} />
          </li>
        ))}
      </ul>
    </section>
  )
}
