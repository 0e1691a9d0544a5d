/** One mix of all decoded sources, in the worker: by the time of their samples, muted or not, measured and limited. It decodes nothing. */
export { ElementSound } from './element-sound.ts'
export { SoundMix } from './sound-mix.ts'
export { stereoOf } from './stereo-of.ts'
