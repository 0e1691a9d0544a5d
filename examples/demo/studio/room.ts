import type { Look } from '../cast.ts'
import { type Context, fade, glow, outline, oval, roundRect, shape } from './paint.ts'

/** Paints the room behind a person, 1280 × 720 scene units. */
export function drawRoom(context: Context, room: Look['room']): void {
  if (room === 'classroom') drawClassroom(context)
  else if (room === 'bedroom') drawBedroom(context)
  else drawStudy(context)
}

function wall(context: Context, colors: readonly [string, string]): void {
  context.fillStyle = fade(context, 0, 720, colors)
  context.fillRect(0, 0, 1280, 720)
}

function drawClassroom(context: Context): void {
  wall(context, ['#f2e6d3', '#dcc7a8'])
  roundRect(context, { x: 60, y: 60, width: 760, height: 420 }, 14, '#8a5a36')
  roundRect(context, { x: 76, y: 76, width: 728, height: 388 }, 6, fade(context, 76, 464, ['#2f5d4c', '#264d40']))
  outline(context, 'M150 390 L150 170 L330 390 Z', '#e9f2ea', 5)
  outline(context, 'M150 366 h24 v24', '#e9f2ea', 3)
  chalk(context, 'a² + b² = c²', 190, 136, 44)
  chalk(context, '4', 118, 290, 30)
  chalk(context, '3', 232, 430, 30)
  chalk(context, '5', 254, 270, 30)
  roundRect(context, { x: 76, y: 474, width: 728, height: 14 }, 4, '#6f4526')
  drawWindow(context, { x: 930, y: 40, width: 300, height: 360 }, ['#bfe3f5', '#eef8fb'])
  drawShelf(context, 880, 520)
  drawPlant(context, 1180, 520)
  glow(context, { x: 1080, y: 200, radius: 520 }, '#fff6d860')
}

function chalk(context: Context, text: string, x: number, y: number, size: number): void {
  context.font = `600 ${size}px Inter, sans-serif`
  context.fillStyle = '#eef5ef'
  context.fillText(text, x, y)
}

function drawBedroom(context: Context): void {
  wall(context, ['#f6d9d2', '#e7b9ae'])
  drawWindow(context, { x: 90, y: 50, width: 290, height: 330 }, ['#ffe3b5', '#fff4df'])
  roundRect(context, { x: 60, y: 20, width: 70, height: 430 }, 20, '#fff6ee')
  roundRect(context, { x: 342, y: 20, width: 70, height: 430 }, 20, '#fff6ee')
  roundRect(context, { x: 930, y: 90, width: 130, height: 170 }, 6, '#ffffff')
  roundRect(context, { x: 942, y: 102, width: 106, height: 146 }, 4, fade(context, 102, 248, ['#7fb7be', '#d3e8d8']))
  oval(context, { x: 995, y: 170, width: 28, height: 28 }, '#f3a953')
  roundRect(context, { x: 1090, y: 130, width: 120, height: 120 }, 6, '#ffffff')
  roundRect(context, { x: 1100, y: 140, width: 100, height: 100 }, 4, '#c9a0dc')
  shape(context, 'M1110 230 L1145 170 L1165 200 L1175 185 L1192 230 Z', '#6d4b8d')
  drawLights(context)
  drawShelf(context, 900, 420)
  roundRect(context, { x: -40, y: 560, width: 560, height: 220 }, 60, '#d98f86')
  roundRect(context, { x: 20, y: 500, width: 240, height: 120 }, 44, '#fff0e6')
  glow(context, { x: 230, y: 220, radius: 560 }, '#fff1c870')
}

function drawLights(context: Context): void {
  outline(context, 'M430 40 Q600 130 770 60 T1120 60 T1300 50', '#b98a7f', 3)
  const bulbs = [470, 540, 610, 680, 750, 830, 910, 990, 1070, 1150, 1230]
  for (const [index, x] of bulbs.entries()) {
    const y = 84 + 16 * Math.sin(index * 1.3)
    glow(context, { x, y, radius: 46 }, '#ffe9a8b0')
    oval(context, { x, y, width: 8, height: 10 }, '#fff7d6')
  }
}

function drawStudy(context: Context): void {
  wall(context, ['#31435c', '#1f2b40'])
  for (const y of [170, 330, 490]) drawShelf(context, 70, y)
  for (const y of [250, 410]) drawShelf(context, 860, y)
  roundRect(context, { x: 470, y: 60, width: 330, height: 220 }, 8, '#d9c39a')
  shape(context, 'M500 210 q40 -80 90 -50 q30 -50 80 -20 q60 -40 100 40 v60 h-270 z', '#7c9a7d')
  oval(context, { x: 740, y: 115, width: 24, height: 24 }, '#f4e3b0')
  roundRect(context, { x: 1120, y: 470, width: 16, height: 260 }, 6, '#c9a25a')
  shape(context, 'M1060 480 L1090 370 h76 L1196 480 Z', '#ffd98c')
  glow(context, { x: 1128, y: 450, radius: 420 }, '#ffcf7a90')
  glow(context, { x: 200, y: 640, radius: 420 }, '#5d8bd840')
}

function drawWindow(
  context: Context,
  box: { x: number; y: number; width: number; height: number },
  sky: readonly [string, string],
): void {
  const { x, y, width, height } = box
  roundRect(context, { x: x - 16, y: y - 16, width: width + 32, height: height + 32 }, 8, '#fffdf8')
  roundRect(context, box, 2, fade(context, y, y + height, sky))
  context.save()
  context.beginPath()
  context.rect(x, y, width, height)
  context.clip()
  oval(context, { x: x + width * 0.25, y: y + height, width: width * 0.5, height: height * 0.34 }, '#a9c98f')
  oval(context, { x: x + width * 0.8, y: y + height, width: width * 0.5, height: height * 0.26 }, '#8fb77d')
  context.restore()
  context.fillStyle = '#fffdf8'
  context.fillRect(x + width / 2 - 6, y, 12, height)
  context.fillRect(x, y + height * 0.45, width, 12)
  roundRect(context, { x: x - 30, y: y + height + 12, width: width + 60, height: 18 }, 6, '#f1e7d6')
}

const SPINES = [
  '#c65b4a',
  '#e2b04a',
  '#4f7f8f',
  '#7a5c99',
  '#5f8f5a',
  '#d98a5b',
  '#3f5f8f',
  '#b8473f',
  '#e8dcc3',
  '#698a7f',
]

function drawShelf(context: Context, x: number, y: number): void {
  let left = x + 14
  for (let index = 0; index < 13; index++) {
    const width = 16 + ((index * 7) % 13)
    const height = 62 + ((index * 23 + x + y) % 38)
    const spine = SPINES[(index * 3 + Math.round(x + y)) % SPINES.length] ?? '#888888'
    roundRect(context, { x: left, y: y - height, width, height }, 3, spine)
    left += width + (index % 5 === 4 ? 26 : 3)
  }
  roundRect(context, { x, y, width: 340, height: 14 }, 3, '#9b6b43')
}

function drawPlant(context: Context, x: number, y: number): void {
  for (const [turn, color] of [
    [-0.9, '#4f8a5b'],
    [-0.35, '#66a56b'],
    [0.2, '#4f8a5b'],
    [0.75, '#79b57a'],
  ] as const) {
    context.save()
    context.translate(x, y - 70)
    context.rotate(turn)
    shape(context, 'M0 0 C-34 -50 -24 -120 0 -150 C24 -120 34 -50 0 0 Z', color)
    context.restore()
  }
  shape(context, `M${x - 46} ${y - 80} h92 l-14 96 h-64 z`, '#d97f5a')
}
