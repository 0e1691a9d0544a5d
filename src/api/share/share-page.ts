import { fileNameOf } from '../../archive/keys.ts'
import type { Highlight, Recording, Share } from '../../protocol/index.ts'
import { placeOf } from '../media/file-name-of.ts'
import { type Html, html } from './html.ts'
import { buildPage } from './page-frame.ts'
import { dayOf, durationOf, lengthOf, timeOf } from './words.ts'

/** Everything that the page of a share shows. */
interface Shared {
  readonly highlight: Highlight
  readonly share: Share
  /** The recording of the highlight; undefined when it was deleted and its highlight kept. */
  readonly recording: Recording | undefined
  /** The absolute URL of the page. The clip's files lie below it. */
  readonly url: string
  readonly nowMs: number
}

/** The bounds of the refresh interval of a page that waits for its clip, seconds. */
const SHORTEST_WAIT_SEC = 3
const LONGEST_WAIT_SEC = 60
/** The picture's shape when its recording is gone. */
const USUAL_SHAPE = { width: 1280, height: 720 }

/** Builds the page behind a link: the clip, or why it is not there. It names the moment, and not who chose it. */
export function buildSharePage(shared: Shared): string {
  const { highlight, share } = shared
  const title = titleOf(highlight)
  const until = html`<time datetime="${share.expiresAt}">${dayOf(share.expiresAt)}</time>`
  const foot = html`<p>Recorded with Panorec. This link works until ${until}.</p>`
  switch (highlight.state) {
    case 'ready':
      return buildPage({ title, head: html`${textTags(shared)}\n${mediaTags(shared)}`, main: clip(shared), foot })
    case 'failed':
      return buildPage({ title, head: textTags(shared), main: note(shared, FAILED), foot })
    case 'waiting':
    case 'cutting': {
      const refresh = html`<meta http-equiv="refresh" content="${waitSec(shared)}">`
      return buildPage({ title, head: html`${refresh}\n${textTags(shared)}`, main: note(shared, WAITING), foot })
    }
  }
}

const FAILED = html`<p>This clip could not be made. Whoever sent you the link can try again.</p>`
const WAITING = html`<p role="status" class="busy">The clip is being made. This page shows it as soon as it is ready.</p>`

function clip(shared: Shared): Html {
  const { highlight, recording, url } = shared
  const { width, height } = recording?.video ?? USUAL_SHAPE
  const title = titleOf(highlight)
  const files = relative(url)
  return html`<div class="stage">
<video controls playsinline preload="metadata" poster="${files}/${fileNameOf('poster')}" width="${width}" height="${height}" aria-label="${title}">
<source src="${files}/${fileNameOf('clip')}" type="video/mp4">
</video>
</div>
<div class="words">
<h1 dir="auto">${title}</h1>
${about(shared)}
<p class="actions"><a class="button" href="${files}/${fileNameOf('clip')}?download=1" download>Download the clip</a></p>
</div>`
}

function note(shared: Shared, why: Html): Html {
  return html`<div class="note">
<h1 dir="auto">${titleOf(shared.highlight)}</h1>
${about(shared)}
${why}
</div>`
}

function about({ highlight, recording }: Shared): Html {
  const { at, durationSec } = highlight
  const place = placeOf(recording)
  const length =
    durationSec === null
      ? undefined
      : html` · <time datetime="${durationOf(durationSec)}">${lengthOf(durationSec)}</time>`
  const before = place === null ? undefined : html`<span dir="auto">${place}</span> · `
  return html`<p class="about">${before}<time datetime="${at}">${timeOf(at)}</time>${length}</p>`
}

/** The tags from which chats and social networks show the link in words: Open Graph, and X's cards. */
function textTags({ highlight, recording, url }: Shared): Html {
  const description = [placeOf(recording), timeOf(highlight.at)].filter((part) => part !== null).join(' · ')
  return html`<link rel="canonical" href="${url}">
<meta name="description" content="${description}">
<meta property="og:site_name" content="Panorec">
<meta property="og:title" content="${titleOf(highlight)}">
<meta property="og:description" content="${description}">
<meta property="og:url" content="${url}">
<meta name="twitter:title" content="${titleOf(highlight)}">
<meta name="twitter:description" content="${description}">`
}

/** The tags for pictures and video; every URL is absolute, because a robot reads them out of their page. */
function mediaTags({ highlight, recording, url }: Shared): Html {
  const { width, height } = recording?.video ?? USUAL_SHAPE
  const alt = `A picture of the clip “${titleOf(highlight)}”`
  const secure = url.startsWith('https:')
    ? html`<meta property="og:video:secure_url" content="${url}/${fileNameOf('clip')}">`
    : undefined
  return html`<meta property="og:type" content="video.other">
<meta property="og:image" content="${url}/${fileNameOf('poster')}">
<meta property="og:image:type" content="image/jpeg">
<meta property="og:image:width" content="${width}">
<meta property="og:image:height" content="${height}">
<meta property="og:image:alt" content="${alt}">
<meta property="og:video" content="${url}/${fileNameOf('clip')}">
${secure}
<meta property="og:video:type" content="video/mp4">
<meta property="og:video:width" content="${width}">
<meta property="og:video:height" content="${height}">
<meta property="video:duration" content="${Math.round(highlight.durationSec ?? 0)}">
<meta name="twitter:card" content="summary_large_image">
<meta name="twitter:image" content="${url}/${fileNameOf('poster')}">
<meta name="twitter:image:alt" content="${alt}">`
}

function titleOf(highlight: Highlight): string {
  return highlight.label ?? 'Highlight'
}

/** The URL of the page's files relative to it, which holds behind a proxy that serves it at another path. */
function relative(url: string): string {
  return `./${url.slice(url.lastIndexOf('/') + 1)}`
}

function waitSec({ highlight, nowMs }: Shared): number {
  const leftSec = Math.ceil((Date.parse(highlight.to) - nowMs) / 1000) + 1
  return Math.min(LONGEST_WAIT_SEC, Math.max(SHORTEST_WAIT_SEC, leftSec))
}
