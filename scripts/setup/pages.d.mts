import type { Page } from './plan.mjs'

export function stalePages(root: string): Page[]
export function buildPage(root: string, page: Page): void
