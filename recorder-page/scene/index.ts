/**
 * From the room and the sources to a picture: `planScene` says what is where, `SceneAnimator` eases it, `ScenePainter`
 * draws it. It opens no source, encodes nothing and reads no clock.
 */
export { type FrameOf, type FrameStep, fitFrame, type LayerStep, type PaintStep, ScenePainter } from './paint/index.ts'
export { planScene } from './plan/plan-scene.ts'
export { SceneAnimator } from './plan/scene-animator.ts'
export type { SceneSource } from './plan/scene-input.ts'
export type { ScenePlan } from './plan/scene-plan.ts'
