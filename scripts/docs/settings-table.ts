import { describeSettings } from '../../src/config/index.ts'

const OPEN = '<!-- settings: written by `npm run check -- --write` -->'
const CLOSE = '<!-- /settings -->'

/** The README with its table of settings as the code has it. Throws when the README has no place for it. */
export function withSettingsTable(readme: string): string {
  const start = readme.indexOf(OPEN)
  const end = readme.indexOf(CLOSE)
  if (start < 0 || end < start) throw new Error(`README.md has no "${OPEN}" followed by "${CLOSE}".`)
  return `${readme.slice(0, start)}${OPEN}\n\n${settingsTable()}\n\n${readme.slice(end)}`
}

function settingsTable(): string {
  const head = ['setting', 'what it is', 'allowed', 'default']
  const rows = describeSettings().map((it) => [`\`${it.name}\``, it.description, it.allowed, it.default].map(cell))
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((it, n) => it.padEnd(widths[n] ?? 0, fill)).join(' | ')} |`
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n')
}

/** A `|` ends a cell and a `<` begins HTML, unless escaped. */
function cell(text: string): string {
  return text.replace(/[|<*]/g, (char) => `\\${char}`)
}
