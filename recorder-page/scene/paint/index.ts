/**
 * Draws a plan: every static part once into a layer, then one step per tile and layer for each picture. It decides
 * nothing about what is where, and keeps no frame of a source.
 */
export { fitFrame } from './fit-frame.ts'
export type { FrameStep, LayerStep, PaintStep } from './paint-steps.ts'
export { type FrameOf, ScenePainter } from './scene-painter.ts'
