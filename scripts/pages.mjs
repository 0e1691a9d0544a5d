/** Bundles the pages that are stale, and nothing else: for an image that brings its own Node, Chrome and FFmpeg. */
import { buildPage, stalePages } from './setup/pages.mjs'
import { ROOT } from './setup.mjs'

for (const page of stalePages(ROOT)) buildPage(ROOT, page)
