import type { Bundle } from './plan.mjs'

export function staleBundles(root: string): Bundle[]
export function buildBundle(root: string, name: Bundle): void
