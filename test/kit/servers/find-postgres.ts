import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const INSTALLED = '/usr/lib/postgresql'

/** The folder of the newest installed version's programs; as root it installs Debian's when there is none. */
export async function findPostgres(): Promise<string> {
  const found = await newest()
  if (found !== undefined) return found
  const install = ['install', '-y', '--no-install-recommends', 'postgresql']
  if (process.getuid?.() !== 0) throw new Error(`The database tests need Postgres: apt-get ${install.join(' ')}`)
  await run('apt-get', install).catch(async () => {
    await run('apt-get', ['update'])
    await run('apt-get', install)
  })
  const installed = await newest()
  if (installed === undefined) throw new Error(`Postgres was installed, but ${INSTALLED} has no programs`)
  return installed
}

async function newest(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => [])
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join(INSTALLED, version, 'bin')
    if (existsSync(join(bin, 'initdb'))) return bin
  }
  return undefined
}
