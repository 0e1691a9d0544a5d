/**
 * This machine: processes and their priorities, `/proc`, load, temporary folders. It decides nothing and knows no recording; nobody
 * else reads `/proc`.
 */
export { type Child, type ChildExit, type ChildOptions, spawnChild } from './child-process.ts'
export { commandLineOf } from './command-line.ts'
export { isStopped } from './is-stopped.ts'
export type { MachineLoad } from './load.ts'
export { watchLoad } from './machine-load.ts'
export { identifyProcess, lifeOf, type ProcessIdentity, type ProcessLife, readBootId } from './process-identity.ts'
export { createLoadMeter } from './process-load.ts'
export { killProcessTree } from './process-tree.ts'
export { yieldToMainThread } from './thread-priority.ts'
export { clearWorkFolders, makeWorkFolder } from './work-folder.ts'
