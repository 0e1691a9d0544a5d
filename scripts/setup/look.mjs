import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { staleBundles } from './bundles.mjs'

/** The names that the recorder knows Chrome by on a PATH (src/recorder/chrome-path.ts). */
const CHROME_NAMES = ['chromium', 'google-chrome-stable', 'google-chrome', 'chromium-browser', 'chrome']

/**
 * A file that proves a font package without starting fontconfig, and what to ask fontconfig elsewhere: something that
 * DejaVu, which most machines have, cannot draw (it has Arabic, and emoji in black and white).
 */
const FONTS = {
  'fonts-core': { file: '/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf', pattern: ':lang=hi' },
  'fonts-cjk': { file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', pattern: ':lang=ja' },
  'fonts-emoji': { file: '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf', pattern: ':charset=1f600:color=true' },
}

/**
 * Looks at the machine and the work tree; changes nothing.
 * @param {string} root the project's folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('./plan.d.mts').Found}
 */
export function look(root, env) {
  const hasApt = onPath('apt-get', env) !== undefined
  return {
    nodeMajor: Number(process.versions.node.split('.')[0]),
    dependenciesCurrent: dependenciesCurrent(root),
    wrongSettings: wrongSettings(env),
    missing: missingNeeds(env),
    canInstall: hasApt && process.getuid?.() === 0,
    hasApt,
    staleBundles: staleBundles(root),
  }
}

/**
 * True when every package of the lock is installed in the locked version. npm writes the list of what it installed as
 * its last act, so an interrupted installation is seen. What is left out on this platform is optional in the lock.
 * @param {string} root
 */
export function dependenciesCurrent(root) {
  const installed = readPackages(join(root, 'node_modules/.package-lock.json'))
  const locked = readPackages(join(root, 'package-lock.json'))
  if (installed === undefined || locked === undefined) return false
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true
    const have = installed[path]
    return have === undefined ? entry.optional === true : have.version === entry.version
  })
}

function readPackages(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : undefined
}

function wrongSettings(env) {
  return ['PANOREC_CHROME_PATH', 'PANOREC_FFMPEG_PATH']
    .map((name) => ({ name, value: env[name] ?? '' }))
    .filter(({ value }) => value !== '' && onPath(value, env) === undefined)
}

function missingNeeds(env) {
  const missing = []
  if (!hasChrome(env)) missing.push('chrome')
  if (!hasFfmpeg(env)) missing.push('ffmpeg')
  for (const [need, font] of Object.entries(FONTS)) if (!hasFont(font, env)) missing.push(need)
  return missing
}

function hasChrome(env) {
  return Boolean(env.PANOREC_CHROME_PATH) || CHROME_NAMES.some((name) => onPath(name, env)) || inPuppeteersCache(env)
}

function inPuppeteersCache(env) {
  const folder = join(env.PUPPETEER_CACHE_DIR ?? join(homedir(), '.cache/puppeteer'), 'chrome')
  return existsSync(folder) && readdirSync(folder).length > 0
}

function hasFfmpeg(env) {
  return Boolean(env.PANOREC_FFMPEG_PATH) || ['ffmpeg', 'ffprobe'].every((name) => onPath(name, env))
}

function hasFont({ file, pattern }, env) {
  if (existsSync(file)) return true
  const fcList = onPath('fc-list', env)
  return fcList !== undefined && execFileSync(fcList, [pattern, 'family'], { encoding: 'utf8' }).trim() !== ''
}

/** The path of an executable file: the name itself when it has a slash, else the first on the PATH. */
function onPath(name, env) {
  const candidates = name.includes('/') ? [name] : (env.PATH ?? '').split(delimiter).map((dir) => join(dir, name))
  return candidates.find(isExecutable)
}

function isExecutable(path) {
  if (!existsSync(path) || !statSync(path).isFile()) return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
