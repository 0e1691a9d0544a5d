/** The colours of the console, for pages that load nothing. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: #f6f5f1; --surface: #fff; --line: #e2dfd5; --text: #15211f; --text-2: #55615e;
  --accent: #0f6b66; --on-accent: #fff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #111415; --surface: #191d1f; --line: #2d3437; --text: #eceeed; --text-2: #a4aeac;
    --accent: #5cc4bb; --on-accent: #08211f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column;
  background: var(--bg); color: var(--text);
  font: 16px/1.5 "Inter Variable", Inter, system-ui, "Noto Sans CJK SC", sans-serif;
}
main { flex: 1; width: 100%; max-width: 60rem; margin: 0 auto; }
.stage { background: #000; line-height: 0; }
video { display: block; width: 100%; height: auto; max-height: 78vh; background: #000; object-fit: contain; }
.words { padding: 1.1rem 1.1rem 0; }
h1 { margin: 0; font-size: clamp(1.3rem, 1rem + 1.6vw, 1.9rem); line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
.about { margin: .45rem 0 0; color: var(--text-2); overflow-wrap: anywhere; }
.about time { white-space: nowrap; }
.actions { margin: 1.2rem 0 0; }
.button {
  display: inline-flex; align-items: center; min-height: 2.9rem; padding: 0 1.2rem; border-radius: 9px;
  background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none;
}
.button:hover { filter: brightness(1.1); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.note {
  margin: 18vh auto 0; max-width: 34rem; padding: 1.6rem 1.4rem; text-align: center;
  background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
}
.note p { margin: .7rem 0 0; color: var(--text-2); text-wrap: balance; }
code { font-size: .85em; }
footer { padding: 1.6rem 1.1rem; color: var(--text-2); font-size: .875rem; text-align: center; }
@media (min-width: 62rem) {
  main { padding-top: 2.2rem; }
  .stage { border-radius: 14px; overflow: hidden; }
  .words { padding: 1.3rem .2rem 0; }
}
@media (max-width: 36rem) {
  .note { margin: 12vh 1.1rem 0; }
  .button { display: flex; justify-content: center; }
}
@media (prefers-reduced-motion: no-preference) {
  .busy::after { content: ""; display: block; width: 1.6rem; height: 1.6rem; margin: 1.2rem auto 0; border-radius: 50%;
    border: 3px solid var(--line); border-top-color: var(--accent); animation: turn 1s linear infinite; }
}
@keyframes turn { to { transform: rotate(1turn); } }
`
