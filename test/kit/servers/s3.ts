import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'

const run = promisify(execFile)
/** Debian's own Python: that is where python3-swift lies. */
const PYTHON = '/usr/bin/python3'

export interface S3Server extends AsyncDisposable {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  createBucket(name: string): Promise<void>
}

/**
 * A real S3 server on loopback: OpenStack Swift. As root it installs Debian's python3-swift when that is missing. `maxKeys` is how
 * many keys one answer of a list holds.
 */
export async function startS3Server({ maxKeys = 1000 } = {}): Promise<S3Server> {
  await installSwift()
  const folder = await mkdtemp(join(tmpdir(), 'panorec-s3-'))
  const script = fileURLToPath(new URL('./s3-server.py', import.meta.url))
  const child = spawn(PYTHON, [script, folder, String(maxKeys)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited])
  if (child.exitCode !== null) throw new Error(`The S3 server ended with code ${child.exitCode}`)
  const access = JSON.parse(String(line[0])) as Pick<
    S3Server,
    'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'
  >
  return {
    ...access,
    async createBucket(name) {
      const { endpoint, region, ...credentials } = access
      const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true })
      await client.send(new CreateBucketCommand({ Bucket: name }))
      client.destroy()
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function installSwift(): Promise<void> {
  if (await works(PYTHON, ['-c', 'import swift'])) return
  const install = ['install', '-y', '--no-install-recommends', 'python3-swift']
  if (process.getuid?.() !== 0) throw new Error(`The S3 tests need OpenStack Swift: apt-get ${install.join(' ')}`)
  if (await works('apt-get', install)) return
  await run('apt-get', ['update'])
  await run('apt-get', install)
}

async function works(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  )
}
