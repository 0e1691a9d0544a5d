/** A table with columns of even width. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`
  const rule = head.map(() => '')
  return [line(head), line(rule, '-'), ...rows.map((row) => line(row))].join('\n')
}

export interface Section {
  /** The document, as its error names it. */
  readonly path: string
  readonly open: string
  readonly close: string
}

/** The page with this text between its two marks. Throws when the page has no place for it. */
export function withSection(page: string, { path, open, close }: Section, text: string): string {
  const start = page.indexOf(open)
  const end = page.indexOf(close)
  if (start < 0 || end < start) throw new Error(`${path} has no "${open}" followed by "${close}".`)
  return `${page.slice(0, start)}${open}\n\n${text}\n\n${page.slice(end)}`
}

/** The words that a document marks as code: its code spans, and the quoted strings of its code blocks. */
export function codeWordsOf(page: string): readonly string[] {
  const blocks = page.match(/^```[\s\S]*?^```/gm) ?? []
  const quoted = blocks.flatMap((block) => [...block.matchAll(/(["'])([^"'\n]+)\1/g)].map((match) => match[2] ?? ''))
  const spans = [...page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  return [...spans, ...quoted]
}
