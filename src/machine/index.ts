/**
 * This machine: processes and their priorities, `/proc`, load, temporary folders. It decides nothing and knows no recording; nobody
 * else reads `/proc`.
 */
export { type Child, type ChildExit, spawnChild } from './child-process.ts'
export { type MachineLoad, watchLoad } from './machine-load.ts'
export { readBootId } from './proc.ts'
export {
  identifyProcess,
  isStopped,
  lifeOf,
  type ProcessIdentity,
  type ProcessLife,
} from './process-identity.ts'
export { createLoadMeter } from './process-load.ts'
export { commandLineOf, killProcessTree } from './process-tree.ts'
export { removeTree } from './remove-tree.ts'
export { yieldToMainThread } from './thread-priority.ts'
export { limitWasmCompiler, releaseMemory } from './v8-memory.ts'
export { clearWorkFolders, makeWorkFolder, removeOwnWorkFolder, type WorkFolder } from './work-folder.ts'
