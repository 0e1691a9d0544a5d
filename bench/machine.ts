import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { CHROME_PATH } from '../test/kit/index.ts'

const run = promisify(execFile)

/** The machine and the versions that a figure belongs to, as one line of Markdown. */
export async function machineFacts(now: Date): Promise<string> {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const [, name = `kernel ${release()}`] = /^PRETTY_NAME="(.*)"$/m.exec(system) ?? []
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memoryGb = Math.round(totalmem() / 1024 ** 3)
  const versions = await Promise.all([firstLine(CHROME_PATH, '--version'), firstLine('ffmpeg', '-version')])
  return [
    `*${now.toISOString().slice(0, 10)}: ${cpus().length} × ${model}, ${memoryGb} GB, ${name}, Node ${process.versions.node}`,
    ...versions.map((version) => version.replace(/ Copyright.*| built on.*/i, '')),
  ]
    .join(', ')
    .concat('*')
}

async function firstLine(program: string, argument: string): Promise<string> {
  const { stdout } = await run(program, [argument])
  return stdout.split('\n')[0]?.trim() ?? ''
}
