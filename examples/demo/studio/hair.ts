import type { Look } from '../cast.ts'
import { type Context, outline, oval, shape } from './paint.ts'

/** The hair that lies behind the shoulders and the face. */
export function drawBackHair(context: Context, look: Look): void {
  if (look.hairStyle === 'bun') {
    oval(context, { x: 640, y: 92, width: 70, height: 62 }, look.hair)
    outline(context, 'M590 76 Q640 40 690 76 M600 112 Q640 84 680 112', '#ffffff1c', 6)
    shape(
      context,
      'M494 300 C480 140 560 96 640 96 C720 96 800 140 786 300 C790 350 770 380 760 392 H520 C510 380 490 350 494 300 Z',
      look.hair,
    )
  } else if (look.hairStyle === 'long') {
    shape(
      context,
      'M640 88 C520 88 470 180 478 300 C484 400 452 470 440 560 C500 610 560 590 590 560 H690 C720 590 780 610 840 560 C828 470 796 400 802 300 C810 180 760 88 640 88 Z',
      look.hair,
    )
    outline(context, 'M492 330 C492 420 470 480 462 550 M788 330 C788 420 810 480 818 550', '#0000001f', 8)
  } else {
    shape(context, 'M500 280 C490 150 560 92 640 92 C720 92 790 150 780 280 Z', look.hair)
  }
}

/** The hair that falls over the forehead. */
export function drawFrontHair(context: Context, look: Look): void {
  if (look.hairStyle === 'bun') {
    shape(
      context,
      'M498 290 C490 150 570 104 650 108 C740 112 796 170 782 290 C770 230 742 196 700 176 C640 214 550 214 520 226 C508 246 502 264 498 290 Z',
      look.hair,
    )
    outline(context, 'M560 150 Q620 122 690 140', '#ffffff24', 8)
  } else if (look.hairStyle === 'long') {
    shape(
      context,
      'M494 330 C470 170 550 92 650 96 C760 100 812 190 786 330 C780 270 764 230 730 200 C700 236 610 240 560 206 C526 230 504 270 494 330 Z',
      look.hair,
    )
    outline(context, 'M556 142 Q620 108 700 136', '#ffffff30', 9)
  } else {
    shape(
      context,
      'M500 276 C486 150 560 88 642 88 C730 88 794 150 780 276 C774 240 764 222 752 210 C720 190 560 190 528 210 C514 222 506 244 500 276 Z',
      look.hair,
    )
    for (let x = 540; x <= 740; x += 25) {
      oval(context, { x, y: 150 - 46 * Math.sin(((x - 500) / 280) * Math.PI), width: 22, height: 20 }, look.hair)
    }
    outline(context, 'M560 132 Q640 96 716 130', '#ffffff14', 8)
  }
}

export function drawHeadphones(context: Context): void {
  outline(context, 'M502 300 C484 120 580 78 640 78 C700 78 796 120 778 300', '#f4f1ff', 20)
  outline(context, 'M502 300 C484 120 580 78 640 78 C700 78 796 120 778 300', '#d8d0f5', 6)
  for (const side of [-1, 1]) {
    context.beginPath()
    context.roundRect(640 + side * 142 - 24, 258, 48, 104, 22)
    context.fillStyle = '#f4f1ff'
    context.fill()
    context.beginPath()
    context.roundRect(640 + side * 150 - 14, 272, 28, 76, 14)
    context.fillStyle = '#a99ae0'
    context.fill()
  }
}
