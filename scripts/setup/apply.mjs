import { spawnSync } from 'node:child_process'
import { buildBundle } from './bundles.mjs'
import { repairProjectNode } from './node.mjs'
import { aptCommands } from './plan.mjs'

/**
 * Takes one step of the plan. Throws an error whose message is the sentence to show.
 * @param {import('./plan.d.mts').Step} step
 * @param {{ root: string, say: (line: string) => void }} context
 */
export function applyStep(step, { root, say }) {
  switch (step.kind) {
    case 'dependencies':
      say('Installing the npm packages of package-lock.json…')
      run(['npm', 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], root)
      return repairProjectNode(root)
    case 'packages':
      say(`Installing ${step.packages.join(', ')}…`)
      for (const command of aptCommands(step.packages)) run(command, root)
      return
    case 'bundles':
      for (const bundle of step.bundles) {
        say(`Bundling ${bundle}…`)
        buildBundle(root, bundle)
      }
  }
}

/** Output goes to stderr: stdout belongs to the command that the set-up is for. */
function run([program, ...args], cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status, error } = spawnSync(program, args, { cwd, env, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  const why = error === undefined ? `it ended with ${status}` : error.message
  throw new Error(
    `"${[program, ...args].join(' ')}" failed (${why}): see its output above, then run the same command again.`,
  )
}
