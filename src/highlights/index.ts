/**
 * Moments of a recording and their clips: what to cut, when it can be cut, who may see it. It plans and decides; it
 * touches no media, starts no process, and knows no database and no HTTP.
 */
export type * from './clips.ts'
export { createClips } from './create-clips.ts'
export { createHighlights } from './create-highlights.ts'
export type * from './highlights.ts'
export { loadHighlight, loadRecap } from './media.ts'
export { type ClipPlan, type ClipWish, type NoMedia, planClip, type TimeRange } from './plan.ts'
export type * from './ports.ts'
export { buildHighlight, buildRecap, type HighlightRecord, type RecapRecord, type ShareRecord } from './record.ts'
export { toHighlight, toRecap } from './view.ts'
