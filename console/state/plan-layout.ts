import type { Layout } from '../../src/protocol/index.ts'

/** The layout after a choice: an empty focus is left out, and so are the rectangles of `custom`. */
export function planLayout(now: Layout, wanted: Partial<Layout>): Layout {
  const { tiles: _, focus, ...kept } = { ...now, ...wanted }
  return focus ? { ...kept, focus } : kept
}
