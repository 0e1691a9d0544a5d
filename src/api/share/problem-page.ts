import type { AppError } from '../../protocol/index.ts'
import { html } from './html.ts'
import { buildPage } from './page-frame.ts'

/** Builds the page of a link that shows no clip. Forged, expired and revoked links give the same bytes. */
export function buildProblemPage(error: AppError): string {
  const [title, text] =
    error.status === 404
      ? ['This link does not work', 'It may have expired, been taken back, or lost a character. Ask for a new one.']
      : ['The clip cannot be shown now', 'Something on our side is not working. Please try again in a moment.']
  const foot = html`<p><code>${error.code}</code></p>`
  return buildPage({ title, main: html`<div class="note">\n<h1>${title}</h1>\n<p>${text}</p>\n</div>`, foot })
}
