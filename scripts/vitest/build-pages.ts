import { buildPage, stalePages } from '../setup/pages.mjs'
import { ROOT } from '../setup.mjs'

/** Vitest's global set-up of the media tests: they meet the pages of the work tree, never an old bundle. */
export default function buildPages(): void {
  for (const page of stalePages(ROOT)) buildPage(ROOT, page)
}
