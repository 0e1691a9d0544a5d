/**
 * What is deleted, when and in which order: recordings on request and by age, and what leaves a rolling recording. It never deletes
 * what a highlight still needs.
 */
export { Deletions } from './deletions.ts'
export type { NextRemoval, RemovalMark } from './plan-removal.ts'
export type { DeletionLog, DeletionQueue, RetainedSegments } from './ports.ts'
export { Removals } from './removals.ts'
