import type { Look } from '../cast.ts'
import { drawFace } from './face.ts'
import { drawBackHair, drawFrontHair, drawHeadphones } from './hair.ts'
import { type Context, fade, outline, oval, shape } from './paint.ts'
import type { Pose } from './pose.ts'

/** Where the head turns and nods: the top of the neck. */
const PIVOT = { x: 640, y: 430 }

/** Draws a person from the chest up, looking at the camera, 1280 × 720 scene units. */
export function drawPerson(context: Context, look: Look, pose: Pose): void {
  inHeadSpace(context, pose, () => drawBackHair(context, look))
  drawBody(context, look, pose)
  inHeadSpace(context, pose, () => {
    drawHead(context, look)
    drawFace(context, look, pose)
    drawFrontHair(context, look)
    if (look.headphones) drawHeadphones(context)
  })
  if (pose.hand > 0) drawHand(context, look, pose)
}

function inHeadSpace(context: Context, pose: Pose, draw: () => void): void {
  context.save()
  context.translate(PIVOT.x + pose.headX, PIVOT.y + pose.headY - 4 * pose.breath)
  context.rotate(pose.headTilt)
  context.translate(-PIVOT.x, -PIVOT.y)
  draw()
  context.restore()
}

function drawBody(context: Context, look: Look, pose: Pose): void {
  context.save()
  context.translate(0.35 * pose.headX, -5 * pose.breath)
  shape(context, 'M575 400 h130 v120 q-65 60 -130 0 z', look.skin)
  shape(context, 'M575 415 q65 62 130 0 v26 q-65 64 -130 14 z', look.skinShade)
  const cloth = fade(context, 500, 760, [look.clothes, look.clothesShade])
  shape(
    context,
    'M566 488 C500 520 400 528 352 580 C310 630 296 700 290 780 H990 C984 700 970 630 928 580 C880 528 780 520 714 488 C690 560 590 560 566 488 Z',
    cloth,
  )
  shape(
    context,
    'M566 486 C580 560 610 590 640 600 C670 590 700 560 714 486 L738 500 C724 580 690 628 640 640 C590 628 556 580 542 500 Z',
    look.collar,
  )
  shape(context, 'M566 486 C585 560 620 575 640 578 C660 575 695 560 714 486 L705 470 H575 Z', look.skin)
  outline(context, 'M408 640 C420 680 424 720 420 760 M872 640 C860 680 856 720 860 760', look.clothesShade, 5)
  context.restore()
}

function drawHead(context: Context, look: Look): void {
  for (const side of [-1, 1]) {
    oval(context, { x: 640 + side * 136, y: 305, width: 24, height: 36 }, look.skin)
    oval(context, { x: 640 + side * 138, y: 307, width: 12, height: 20 }, look.skinShade)
  }
  shape(
    context,
    'M506 270 C506 160 570 120 640 120 C710 120 774 160 774 270 C774 360 730 450 640 452 C550 450 506 360 506 270 Z',
    look.skin,
  )
}

function drawHand(context: Context, look: Look, pose: Pose): void {
  context.save()
  context.translate(950 + 12 * pose.handSwing, 860 - 330 * ease(pose.hand))
  context.rotate(-0.16 + 0.1 * pose.handSwing)
  shape(context, 'M-56 360 C-52 220 -44 140 -38 96 H44 C56 160 70 240 82 360 Z', look.clothes)
  shape(context, 'M-42 100 q42 22 90 0 l2 30 q-46 22 -94 0 z', look.clothesShade)
  shape(
    context,
    'M-32 104 C-40 60 -52 40 -48 10 C-46 -14 -30 -22 0 -22 C34 -22 52 -14 52 14 C52 48 42 70 40 104 Z',
    look.skin,
  )
  const fingers = [
    { x: -38, turn: -0.2, length: 74 },
    { x: -12, turn: -0.05, length: 90 },
    { x: 14, turn: 0.08, length: 86 },
    { x: 38, turn: 0.22, length: 68 },
  ]
  for (const finger of fingers) drawFinger(context, look.skin, { ...finger, y: 6, width: 25 })
  drawFinger(context, look.skin, { x: -40, y: 60, turn: -0.95, length: 76, width: 27 })
  outline(context, 'M-24 -16 v18 M2 -18 v18 M27 -16 v18', look.skinShade, 4)
  context.restore()
}

interface Finger {
  readonly x: number
  readonly y: number
  readonly turn: number
  readonly length: number
  readonly width: number
}

function drawFinger(context: Context, color: string, finger: Finger): void {
  context.save()
  context.translate(finger.x, finger.y)
  context.rotate(finger.turn)
  outline(context, `M0 0 V${-finger.length + finger.width / 2}`, color, finger.width)
  context.restore()
}

function ease(value: number): number {
  return value * value * (3 - 2 * value)
}
