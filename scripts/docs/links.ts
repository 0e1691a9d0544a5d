import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * The relative links and pictures of a Markdown file that lead nowhere. Links to a site are not followed, and code is
 * not read. A `#fragment` of the same or another Markdown file is not checked.
 */
export function findBrokenLinks(root: string, path: string, text: string): string[] {
  const prose = proseOf(text)
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

/** The links of a Markdown file whose label is the name of a file, and not of the one that they lead to. */
export function findMislabelledLinks(path: string, text: string): string[] {
  const links = [...proseOf(text).matchAll(/\[([^\]]*)\]\(([^)\s#]+)[^)]*\)/g)]
  return links
    .map(([, label = '', target = '']) => ({ label, target }))
    .filter(({ label, target }) => FILE.test(label) && basename(label) !== basename(target))
    .map(({ label, target }) => `${path}: the link to ${target} is labelled ${label}`)
}

/** The source files, with a folder, that a Markdown file names as code and that do not end any of these paths. */
export function findUnknownSources(path: string, text: string, sources: readonly string[]): string[] {
  return [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|tsx|mjs))`/g)]
    .map(([, name = '']) => name)
    .filter((name) => !sources.some((source) => `/${source}`.endsWith(`/${name}`)))
    .map((name) => `${path}: \`${name}\` is no file of the project`)
}

/** A name with an ending, with or without folders. */
const FILE = /^[\w./-]+\.[a-z]+$/

/** The text without its code. */
function proseOf(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')
}
