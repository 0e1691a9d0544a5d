import { createHash } from 'node:crypto'
import { Html, html } from './html.ts'
import { STYLE } from './style.ts'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/**
 * The content security policy of a share's page: no script, no frame, nothing of another site but the media of the store
 * that the clip's files may redirect to; the one style is allowed by its hash (CSP Level 3 §2.3.1).
 */
export function sharePolicy(mediaOrigin = ''): string {
  return [
    "default-src 'none'",
    `img-src 'self' ${mediaOrigin}`.trim(),
    `media-src 'self' ${mediaOrigin}`.trim(),
    `style-src 'sha256-${STYLE_HASH}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

interface PageFrame {
  readonly title: string
  /** Further elements of the head. */
  readonly head?: Html
  readonly main: Html
  readonly foot?: Html
}

/** Builds a whole page of a share: readable without script, mobile first, with a light and a dark scheme. */
export function buildPage({ title, head, main, foot }: PageFrame): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
${head}
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
${main}
</main>
<footer>${foot}</footer>
</body>
</html>
`.text
}
