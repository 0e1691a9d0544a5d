import type { Finding } from './benchmark.ts'

const INTRODUCTION = `# Benchmarks

This page is written by \`npm run bench\`; \`npm run bench -- starts\` measures one of them again and leaves the others as they
are. Figures of one table were taken in one run, so their ratios mean more than their values.
`

/** A benchmark's section of the page, in Markdown. */
export function renderSection(title: string, finding: Finding, facts: string): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = finding.columns.map((_, i) => (i === 0 ? '---' : '--:'))
  const table = [finding.columns, rule, ...finding.rows].map(row).join('\n')
  return `## ${title}\n\n${finding.method}\n\n${table}\n\n${facts}\n`
}

/** The page with one section written anew or added at its end; the others stay as they are. */
export function replaceSection(page: string, title: string, section: string): string {
  const [, ...sections] = page.split(/^(?=## )/m)
  const isSame = (text: string): boolean => text.startsWith(`## ${title}\n`)
  const known = sections.some(isSame)
  const kept = sections.map((text) => (isSame(text) ? section : `${text.trimEnd()}\n`))
  return [INTRODUCTION, ...kept, ...(known ? [] : [section])].join('\n')
}
