/** What the machine, or the container where that is narrower, has and uses: the mean of the last seconds. */
export interface MachineLoad {
  readonly cpuCores: number
  readonly usedCpuCores: number
  readonly memoryBytes: number
  readonly usedMemoryBytes: number
}
