/**
 * Decides what a machine still needs. Pure: `look.mjs` finds the facts, `apply.mjs` acts on the plan.
 * Plain JavaScript for Node 20, because it runs before anything is installed.
 */

export const OLDEST_NODE = 20
export const PROJECT_NODE = 24

/** What each need is called in Debian, and what it is for in one word. */
export const NEEDS = {
  chrome: { title: 'Chrome', packages: ['chromium'] },
  ffmpeg: { title: 'FFmpeg', packages: ['ffmpeg'] },
  'fonts-core': { title: 'fonts for Arabic and more', packages: ['fonts-noto-core'] },
  'fonts-cjk': { title: 'fonts for Chinese, Japanese and Korean', packages: ['fonts-noto-cjk'] },
  'fonts-emoji': { title: 'a font for emoji', packages: ['fonts-noto-color-emoji'] },
}

/**
 * @param {import('./plan.d.mts').Found} found
 * @returns {import('./plan.d.mts').Plan} the steps in their order, or the refusals that a person has to act on first
 */
export function planSetup(found) {
  if (found.nodeMajor < OLDEST_NODE) return refuse(tooOld(found))
  const wrong = found.wrongSettings.map(wrongSetting)
  if (wrong.length > 0) return refuse(...wrong)

  const packages = found.missing.flatMap((need) => NEEDS[need].packages)
  if (packages.length > 0 && !found.canInstall) return refuse(byHand(found, packages))

  const steps = []
  if (!found.dependenciesCurrent) steps.push({ kind: 'dependencies' })
  if (packages.length > 0) steps.push({ kind: 'packages', packages })
  if (found.staleBundles.length > 0) steps.push({ kind: 'bundles', bundles: found.staleBundles })
  return { steps, refusals: [] }
}

/**
 * @param {string[]} packages
 * @returns {string[][]} the commands that install Debian packages, in order
 */
export function aptCommands(packages) {
  return [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]
}

function refuse(...refusals) {
  return { steps: [], refusals }
}

function tooOld({ nodeMajor }) {
  return `Node ${nodeMajor} is too old: install Node ${OLDEST_NODE} or newer (https://nodejs.org), then run the same command again.`
}

function wrongSetting({ name, value }) {
  return `${name} names "${value}", which is not a program: set it to an executable file, or unset it to have one found.`
}

function byHand({ missing, hasApt }, packages) {
  const titles = missing.map((need) => NEEDS[need].title).join(', ')
  const command = hasApt
    ? `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
    : `your system's package manager for what Debian calls ${packages.join(' ')}`
  return `This machine lacks ${titles}: run ${command}, then run the same command again.`
}
