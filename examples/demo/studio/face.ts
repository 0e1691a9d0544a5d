import type { Look } from '../cast.ts'
import { type Context, outline, oval, shape } from './paint.ts'
import type { Pose } from './pose.ts'

const EYE_Y = 300
const EYE_GAP = 58

/** Draws eyes, brows, nose and mouth; a turned head moves them aside over the face. */
export function drawFace(context: Context, look: Look, pose: Pose): void {
  context.save()
  context.translate(10 * pose.turn, 0)
  for (const side of [-1, 1]) {
    oval(context, { x: 640 + side * 84, y: 358, width: 34, height: 20 }, '#e8665a26')
    drawEye(context, look, pose, 640 + side * EYE_GAP)
    drawBrow(context, look, pose, side)
  }
  outline(context, `M636 306 C${628 + 6 * pose.turn} 336 622 350 634 356 C640 359 648 358 652 354`, look.skinShade, 5)
  drawMouth(context, pose.mouth)
  if (look.glasses) drawGlasses(context)
  context.restore()
}

function drawEye(context: Context, look: Look, pose: Pose, x: number): void {
  const open = 1 - pose.lids
  context.save()
  context.beginPath()
  context.ellipse(x, EYE_Y, 25, Math.max(2, 19 * open), 0, 0, 2 * Math.PI)
  context.clip()
  context.fillStyle = '#fffdf9'
  context.fillRect(x - 30, EYE_Y - 30, 60, 60)
  const iris = { x: x + 6 * pose.gazeX + 2 * pose.turn, y: EYE_Y + 4 * pose.gazeY }
  oval(context, { ...iris, width: 14, height: 15 }, look.eyes)
  oval(context, { ...iris, width: 7, height: 8 }, '#120c0a')
  oval(context, { x: iris.x + 5, y: iris.y - 6, width: 4, height: 4 }, '#ffffff')
  context.restore()
  const lidY = EYE_Y - 19 * open
  outline(context, `M${x - 27} ${EYE_Y - 1} Q${x} ${lidY - 9 * open} ${x + 27} ${EYE_Y - 1}`, '#2a1b18', 5)
}

function drawBrow(context: Context, look: Look, pose: Pose, side: number): void {
  const y = 258 - 7 * pose.brows
  const inner = 640 + side * 30
  const outer = 640 + side * 92
  outline(context, `M${inner} ${y + 6} Q${640 + side * 64} ${y - 12} ${outer} ${y + 6}`, look.hair, 10)
}

function drawMouth(context: Context, open: number): void {
  const drop = 34 * open
  const half = 40 - 8 * open
  const y = 396
  if (open < 0.08) {
    outline(context, `M${640 - half} ${y - 3} Q640 ${y + 19} ${640 + half} ${y - 3}`, '#a4443f', 6)
    return
  }
  const lips = `M${640 - half} ${y - 2} Q640 ${y - 10} ${640 + half} ${y - 2} Q${640 + half * 0.7} ${y + drop + 8} 640 ${y + drop + 10} Q${640 - half * 0.7} ${y + drop + 8} ${640 - half} ${y - 2} Z`
  context.save()
  context.clip(new Path2D(lips))
  shape(context, lips, '#6d2430')
  context.fillStyle = '#fffaf4'
  context.fillRect(600, y - 10, 80, 13)
  oval(context, { x: 640, y: y + drop + 12, width: 24, height: 14 }, '#d9686d')
  context.restore()
  outline(context, lips, '#b04f4b', 4)
}

function drawGlasses(context: Context): void {
  for (const side of [-1, 1]) {
    context.beginPath()
    context.roundRect(640 + side * EYE_GAP - 44, EYE_Y - 36, 88, 74, 30)
    context.fillStyle = '#ffffff1f'
    context.fill()
    context.strokeStyle = '#3a2a44'
    context.lineWidth = 6
    context.stroke()
  }
  outline(context, 'M626 296 Q640 288 654 296 M538 294 L510 288 M742 294 L770 288', '#3a2a44', 6)
}
