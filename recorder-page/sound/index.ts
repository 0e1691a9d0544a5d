/**
 * One mix of all sources: each delayed like its picture, muted or not, measured; the sum limited and handed to the worker.
 * It never encodes. What runs in the worker imports `sound-clock.ts` and `loudness-meter.ts` alone.
 */
export { ActiveSpeaker } from './active-speaker.ts'
export { Mixer } from './mixer.ts'
