import { describeSettings } from '../../src/config/index.ts'
import { renderTable, type Section, withSection } from './markdown.ts'

const SECTION: Section = {
  path: 'README.md',
  open: '<!-- settings: written by `npm run check -- --write` -->',
  close: '<!-- /settings -->',
}

/** The README with its table of settings as the code has it. Throws when the README has no place for it. */
export function withSettingsTable(readme: string): string {
  const rows = describeSettings().map((it) => [`\`${it.name}\``, it.description, it.allowed, it.default].map(cell))
  return withSection(readme, SECTION, renderTable(['setting', 'what it is', 'allowed', 'default'], rows))
}

/** A `|` ends a cell and a `<` begins HTML, unless escaped. */
function cell(text: string): string {
  return text.replace(/[|<*]/g, (char) => `\\${char}`)
}
