/**
 * What a recording at 720p25 with four sources costs: cores, and bytes of memory (PSS). Written by `npm run check -- --write` from
 * docs/benchmarks.md; admission, the default of PANOREC_MAX_RECORDINGS, doctor and the documents all have it from here.
 */
export const MEASURED_COST = { cpuCores: 0.56, memoryBytes: 560e6, measuredOn: '2026-11-28' } as const
