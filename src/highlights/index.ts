/**
 * Moments of a recording and their clips: what to cut, when it can be cut, who may see it. It plans and decides; it
 * touches no media, starts no process, and knows no database and no HTTP.
 */
export { ClipJobs, type ClipperSurroundings } from './clips/clip-jobs.ts'
export { ClipSchedule } from './clips/clip-schedule.ts'
export type { ClipsOfDeleted, PendingClips } from './clips/clips-of-deleted.ts'
export { createHighlights } from './create-highlights.ts'
export type { HighlightQuery, Highlights, TriggerOrigin } from './highlights.ts'
export { loadHighlight, loadRecap } from './media.ts'
export type { ClipPlan } from './plan.ts'
export type {
  ClipQueue,
  HighlightObserver,
  HighlightRepository,
  HighlightsPorts,
  RecapRepository,
  ShareRepository,
} from './ports.ts'
export { RecapJobs } from './recaps/recap-jobs.ts'
export type { HighlightRecord, RecapRecord, ShareRecord } from './record.ts'
