/** The slides of the lesson as HTML fragments; each shows for the same time, later ones build on earlier ones. */
export const SLIDE_SEC = 4

const squares = (filled: boolean) => `
<svg viewBox="0 0 420 420" width="440">
  <polygon points="150,270 270,270 150,110" fill="#fff" stroke="#12233f" stroke-width="4"/>
  <rect x="150" y="252" width="18" height="18" fill="none" stroke="#12233f" stroke-width="2.5"/>
  <rect x="150" y="270" width="120" height="120" fill="#f5b84bcc" stroke="#12233f" stroke-width="3"/>
  <rect x="-10" y="110" width="160" height="160" fill="#4fa7a0cc" stroke="#12233f" stroke-width="3" />
  <polygon points="150,110 270,270 430,150 310,-10" fill="${filled ? '#e8705fcc' : '#e8705f22'}" stroke="#12233f"
    stroke-width="3" stroke-dasharray="${filled ? 'none' : '9 8'}"/>
  <g font-family="serif" font-style="italic" font-size="34" fill="#12233f" text-anchor="middle">
    <text x="210" y="342">a²</text><text x="70" y="202">b²</text><text x="290" y="144">c²</text>
  </g>
</svg>`

const italic = (name: string) => `<i>${name}</i>`
const squared = (base: string) => `${base}<sup>2</sup>`
const root = (body: string) => `<span class="root">√<span>${body}</span></span>`
const theorem = `${squared(italic('a'))} + ${squared(italic('b'))} = ${squared(italic('c'))}`

const example = (steps: number) => `
<h2>Example</h2>
<p>The legs of a right triangle are <i>a</i> = 3 cm and <i>b</i> = 4 cm. How long is the hypotenuse?</p>
<table>
${[
  [italic('c'), root(`${squared(italic('a'))} + ${squared(italic('b'))}`)],
  ['', root(`${squared('3')} + ${squared('4')}`)],
  ['', root('9 + 16')],
  ['', `${root('25')} = 5 cm`],
]
  .slice(0, steps)
  .map(([left, right]) => `<tr><td>${left}<td>= ${right}`)
  .join('')}
</table>`

export const SLIDES: readonly string[] = [
  `<div class="title"><p class="kicker">Geometry · Lesson 12</p><h1>The theorem of Pythagoras</h1>
   <p>勾股定理 · Squares on the sides of a right triangle</p></div>`,
  `<h2>Squares on the sides</h2><div class="split">${squares(false)}<ul><li>Draw a square on every side.</li></ul></div>`,
  `<h2>Squares on the sides</h2><div class="split">${squares(true)}<ul><li>Draw a square on every side.</li>
   <li>The two small areas together …</li><li>… fill the large one.</li></ul></div>`,
  `<h2>In symbols</h2><div class="big">${theorem}</div>
   <p class="note"><i>a</i> and <i>b</i> are the legs, <i>c</i> is the hypotenuse, opposite the right angle.</p>`,
  example(1),
  example(2),
  example(4),
  `<h2>Your turn</h2><ol><li>Legs 5 cm and 12 cm: find the hypotenuse.</li>
   <li>Hypotenuse 17 cm, one leg 8 cm: find the other leg.</li>
   <li>Is the triangle 7, 24, 25 a right triangle?</li></ol>`,
]

/** The whole page of a slide, 1280 × 720 CSS pixels, with nothing loaded from elsewhere. */
export function slidePage(index: number): string {
  return `<!doctype html><meta charset="utf-8"><style>
  * { box-sizing: border-box; margin: 0 }
  body { width: 1280px; height: 720px; padding: 64px 88px; background: #fdfaf3; color: #12233f; overflow: hidden;
    font: 32px/1.45 Inter, "Noto Sans CJK SC", "Noto Sans", sans-serif; position: relative }
  body::before { content: ""; position: absolute; inset: 0 auto 0 0; width: 14px; background: #1f7a74 }
  h1 { font-size: 76px; line-height: 1.1; letter-spacing: -0.02em; margin: 16px 0 28px }
  h2 { font-size: 48px; letter-spacing: -0.015em; margin-bottom: 28px }
  .title { height: 100%; display: flex; flex-direction: column; justify-content: center }
  .kicker { color: #1f7a74; font-weight: 650; letter-spacing: 0.04em; font-size: 26px }
  .split { display: flex; gap: 84px; align-items: center; padding-left: 24px } svg { overflow: visible; margin-top: 14px }
  li { margin-bottom: 20px; padding-left: 8px } ul, ol { padding-left: 34px } ol { font-size: 36px; margin-top: 40px }
  .big { font-size: 96px; margin: 90px 0 70px } .note { color: #4a5a75; text-align: center }
  .big, table { font-family: "DejaVu Serif", "Noto Serif", serif } .big { text-align: center; letter-spacing: 0.01em }
  table { font-size: 46px; margin: 22px 0 0 40px } td { padding: 7px 12px 7px 0 } i { font-family: "DejaVu Serif", serif }
  sup { font-size: 0.62em; line-height: 0; vertical-align: 0.62em; margin-left: 0.06em }
  .root > span { border-top: 3px solid; padding: 2px 8px 0 3px }
  footer { position: absolute; right: 56px; bottom: 34px; font-size: 20px; color: #7a879c }
  </style><body>${SLIDES[index]}<footer>Ms Li · Mathematics 8 · ${index + 1} / ${SLIDES.length}</footer></body>`
}
