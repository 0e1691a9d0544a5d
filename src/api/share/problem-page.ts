import type { AppError } from '../../protocol/index.ts'
import { html } from './html.ts'
import { buildPage } from './page-frame.ts'

/** What a reader without a clip is told. A link that is forged, expired or revoked gives the same bytes. */
export function buildProblemPage(error: AppError): string {
  const [title, text] =
    error.status === 404
      ? ['This link does not work', 'It may have expired, been taken back, or lost a character. Ask for a new one.']
      : ['The clip cannot be shown now', 'Something on our side is not working. Please try again in a moment.']
  const foot = html`<p><code>${error.code}</code></p>`
  return buildPage({ title, main: html`<div class="note">\n<h1>${title}</h1>\n<p>${text}</p>\n</div>`, foot })
}
