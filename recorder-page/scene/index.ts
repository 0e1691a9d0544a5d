/**
 * From the room and the sources to a picture: `planScene` says what is where, `SceneAnimator` eases it, `ScenePainter`
 * draws it. It opens no source, encodes nothing and reads no clock.
 */
export { fitFrame } from './fit-frame.ts'
export { loadFonts } from './fonts.ts'
export type { Rect, Size } from './layout/index.ts'
export { type FrameOf, type Layer, type PaintStep, ScenePainter } from './paint/index.ts'
export { planScene } from './plan-scene.ts'
export { SceneAnimator } from './scene-animator.ts'
export type { SceneInput, SceneSource } from './scene-input.ts'
export type { Overlay, ScenePlan, Tile } from './scene-plan.ts'
export { COLORS } from './tokens.ts'
