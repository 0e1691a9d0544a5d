import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The relative links and pictures of a Markdown file that lead nowhere. Links to a site are not followed, and code is
 * not read. A `#fragment` of the same or another Markdown file is not checked.
 */
export function findBrokenLinks(root: string, path: string, text: string): string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')
  const targets = [
    ...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g),
    ...prose.matchAll(/<(?:img|a)[^>]*(?:src|href)="([^"]+)"/g),
  ]
  return targets
    .map((match) => (match[1] ?? '').replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/i.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), decodeURI(target))))
    .map((target) => `${path}: the link to ${target} leads nowhere`)
}
