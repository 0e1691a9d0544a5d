/** A table in Markdown; its first column is text, the others are figures. */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = columns.map((_, i) => (i === 0 ? '---' : '--:'))
  return [columns, rule, ...rows].map(row).join('\n')
}
