/**
 * From the sources' frames to one picture per tick: paces the frames, keeps the live scene and composes it. It never decodes,
 * mixes or encodes, and it closes every frame that it was given exactly once.
 */
export type { Compositor } from './compositor.ts'
export { LiveScene, tileSizes } from './live-scene.ts'
export { openCompositor } from './open-compositor.ts'
export { PictureSampler } from './picture-sampler.ts'
export { type Tick, TickClock } from './tick-clock.ts'
