/**
 * What is deleted, when and in which order: recordings on request and by age, and what leaves a rolling recording. It never deletes
 * what a highlight still needs.
 */
export { createDeletions } from './create-deletions.ts'
export {
  createRemovals,
  type NextRemoval,
  planRemoval,
  type RemovalMark,
  type Removals,
  type RetainedSegments,
} from './create-removals.ts'
export { planDeletion } from './plan-deletion.ts'
