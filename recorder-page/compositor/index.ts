/**
 * From the sources' frames to one picture per tick: takes frames from elements, paces them, keeps the stage and composes
 * it. It never decodes, mixes or encodes, and it closes every frame that it was given exactly once.
 */

export { CanvasCompositor } from './canvas-compositor.ts'
export type { Compositor, PictureTime } from './compositor.ts'
export { Stage, tileSizes } from './live-scene.ts'
export { PictureSampler } from './picture-sampler.ts'
export { type Tick, TickClock } from './tick-clock.ts'
