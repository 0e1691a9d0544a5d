/** Makes the bundles that are stale, and nothing else: for an image that brings its own Node, Chrome and FFmpeg. */
import { buildBundle, staleBundles } from './setup/bundles.mjs'
import { ROOT } from './setup.mjs'

for (const name of staleBundles(ROOT)) buildBundle(ROOT, name)
