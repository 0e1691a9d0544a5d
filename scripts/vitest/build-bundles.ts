import { buildBundle, staleBundles } from '../setup/bundles.mjs'
import { ROOT } from '../setup.mjs'

/** Vitest's global set-up of tests that open pages or start functions: they meet the pages and the functions of the work tree, never an old bundle. */
export default function buildBundles(): void {
  for (const name of staleBundles(ROOT)) buildBundle(ROOT, name)
}
