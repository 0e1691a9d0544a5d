import { describe, expect, test } from 'vitest'
import {
  childEnvironment,
  describeSettings,
  loadConfig,
  requireKeysBeyondLoopback,
  SETTINGS,
} from '../../src/config/index.ts'
import { AppError } from '../../src/protocol/index.ts'

const KEY = 'key-of-sixteen-characters'

function refusal(env: Record<string, string>): AppError {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('These settings were accepted')
}

test('without any setting everything has its default', () => {
  const config = loadConfig({})
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    apiKeys: [],
    allowPrivateHosts: [],
    publicUrl: null,
    redirectMedia: false,
    logLevel: 'info',
    chromePath: undefined,
    compositor: 'planar',
    sourcePlayer: 'decoders',
    ffmpegPath: undefined,
  })
  expect(config.maxRecordings).toBeGreaterThanOrEqual(2)
  expect(config.dataDir).toBe(`${process.cwd()}/data`)
  expect(config.database).toEqual({ kind: 'embedded', dir: `${config.dataDir}/db` })
  expect(config.store).toEqual({ kind: 'fs', path: `${config.dataDir}/recordings` })
})

test('the figures of a worker are shown where it is told to', () => {
  const given = { PANOREC_METRICS_PORT: '9100', PANOREC_METRICS_HOST: '::1' }
  expect(loadConfig(given).metrics).toEqual({ host: '::1', port: 9100 })
})

test('every setting is read', () => {
  const config = loadConfig({
    PANOREC_HOST: '0.0.0.0',
    PANOREC_PORT: '9000',
    PANOREC_DATA_DIR: '/srv/panorec',
    PANOREC_DATABASE_URL: 'postgres://panorec:word@db.test:5432/panorec',
    PANOREC_STORE: 's3://recordings/school/1/',
    PANOREC_S3_ENDPOINT: 'https://s3.test',
    PANOREC_S3_REGION: 'eu-central-1',
    PANOREC_S3_FORCE_PATH_STYLE: 'false',
    PANOREC_S3_MEDIA: 'redirect',
    PANOREC_API_KEYS: `${KEY}-1, ${KEY}-2`,
    PANOREC_API_KEY: `${KEY}-2`,
    PANOREC_ALLOW_PRIVATE_HOSTS: 'media.test,10.0.0.0/8,::1',
    PANOREC_PUBLIC_URL: 'https://rec.test/panorec/',
    PANOREC_MAX_RECORDINGS: '7',
    PANOREC_MAX_CPU_PERCENT: '80',
    PANOREC_MAX_MEMORY_PERCENT: '70',
    PANOREC_MAX_QUEUE_SEC: '0',
    PANOREC_MAX_TAKE_SEC: '900',
    PANOREC_MAX_CLIPS: '3',
    PANOREC_WARM_RECORDERS: '2',
    PANOREC_WARM_PAGES: '1',
    PANOREC_WARM_MAX_AGE_SEC: '600',
    PANOREC_WARM_MAX_MB: '900',
    PANOREC_RETENTION_DAYS: '90',
    PANOREC_ROOM_HISTORY_DAYS: '9',
    PANOREC_METRICS_PORT: '9100',
    PANOREC_CHROME_PATH: '/opt/chrome',
    PANOREC_COMPOSITOR: 'canvas',
    PANOREC_SOURCE_PLAYER: 'elements',
    PANOREC_FFMPEG_PATH: '/opt/ffmpeg',
    PANOREC_LOG_LEVEL: 'debug',
  })
  expect(config).toEqual({
    host: '0.0.0.0',
    port: 9000,
    dataDir: '/srv/panorec',
    database: { kind: 'postgres', url: 'postgres://panorec:word@db.test:5432/panorec' },
    store: {
      kind: 's3',
      bucket: 'recordings',
      prefix: 'school/1',
      endpoint: 'https://s3.test',
      region: 'eu-central-1',
      forcePathStyle: false,
    },
    redirectMedia: true,
    apiKeys: [`${KEY}-1`, `${KEY}-2`],
    apiKey: `${KEY}-2`,
    allowPrivateHosts: ['media.test', '10.0.0.0/8', '::1'],
    publicUrl: 'https://rec.test/panorec',
    maxRecordings: 7,
    maxCpuPercent: 80,
    maxMemoryPercent: 70,
    maxQueueSec: 0,
    maxTakeSec: 900,
    maxClips: 3,
    warmRecorders: 2,
    warmPages: 1,
    warmMaxAgeSec: 600,
    warmMaxMb: 900,
    retentionDays: 90,
    roomHistoryDays: 9,
    metrics: { host: '127.0.0.1', port: 9100 },
    chromePath: '/opt/chrome',
    compositor: 'canvas',
    sourcePlayer: 'elements',
    ffmpegPath: '/opt/ffmpeg',
    logLevel: 'debug',
  })
})

const WRONG: readonly [Record<string, string>, string][] = [
  [{ PANOREC_PROT: '80' }, 'is not a setting of Panorec'],
  [{ PANOREC_PORT: '-1' }, '"-1"'],
  [{ PANOREC_PORT: '65536' }, '"65536"'],
  [{ PANOREC_PORT: '80.5' }, '"80.5"'],
  [{ PANOREC_PORT: '0x50' }, '"0x50"'],
  [{ PANOREC_PORT: 'http' }, '"http"'],
  [{ PANOREC_METRICS_PORT: '9100', PANOREC_METRICS_HOST: '0.0.0.0' }, 'not a loopback address'],
  [{ PANOREC_METRICS_HOST: '127.0.0.1' }, 'has no effect, because `PANOREC_METRICS_PORT` is not set'],
  [{ PANOREC_HOST: 'a b' }, '"a b"'],
  [{ PANOREC_DATABASE_URL: 'mysql://db.test/x' }, 'not a URL of postgres or postgresql'],
  [{ PANOREC_DATABASE_URL: 'panorec' }, 'is not a URL'],
  [{ PANOREC_STORE: 's3://B/x' }, 'neither a path nor an s3:// address'],
  [{ PANOREC_STORE: 'gs://bucket/x' }, 'neither a path nor an s3:// address'],
  [{ PANOREC_S3_ENDPOINT: 'https://s3.test' }, 'has no effect'],
  [{ PANOREC_STORE: '/srv/x', PANOREC_S3_REGION: 'eu-west-1' }, 'has no effect'],
  [{ PANOREC_STORE: 's3://bucket', PANOREC_S3_ENDPOINT: 's3.test' }, 'is not a URL'],
  [{ PANOREC_STORE: 's3://bucket', PANOREC_S3_REGION: 'EU!' }, '"EU!"'],
  [{ PANOREC_STORE: 's3://bucket', PANOREC_S3_FORCE_PATH_STYLE: 'yes' }, '"yes"'],
  [{ PANOREC_API_KEYS: 'short' }, 'at least 16'],
  [{ PANOREC_API_KEYS: `${KEY},` }, 'at least 16'],
  [{ PANOREC_API_KEYS: 'sixteen and spaces in it' }, 'at least 16'],
  [{ PANOREC_ALLOW_PRIVATE_HOSTS: '10.0.0.0/33' }, 'no CIDR block'],
  [{ PANOREC_ALLOW_PRIVATE_HOSTS: 'media.test/8' }, 'no CIDR block'],
  [{ PANOREC_ALLOW_PRIVATE_HOSTS: 'http://media.test' }, '"http://media.test"'],
  [{ PANOREC_PUBLIC_URL: 'rec.test' }, 'is not a URL'],
  [{ PANOREC_PUBLIC_URL: 'ftp://rec.test' }, 'not a URL of http or https'],
  [{ PANOREC_PUBLIC_URL: 'https://rec.test/?a=1' }, 'query'],
  [{ PANOREC_MAX_RECORDINGS: '0' }, '"0"'],
  [{ PANOREC_MAX_RECORDINGS: 'many' }, '"many"'],
  [{ PANOREC_LOG_LEVEL: 'verbose' }, '"verbose"'],
]

describe('a wrong setting refuses to start and names itself:', () => {
  test.each(WRONG)('%j', (env, says) => {
    const error = refusal(env)
    const name = Object.keys(env).at(-1) ?? ''
    expect(error.code).toBe('config.invalid')
    expect(error.field).toBe(name)
    expect(error.message).toContain(`\`${name}\``)
    expect(error.message).toContain(says)
    expect(error.allowed).toBeTruthy()
  })

  test('all of them at once', () => {
    const { message } = refusal({ PANOREC_PORT: 'x', PANOREC_LOG_LEVEL: 'y', PANOREC_NOPE: '1' })
    expect(message).toMatch(/^3 settings are wrong/)
    for (const name of ['PANOREC_PORT', 'PANOREC_LOG_LEVEL', 'PANOREC_NOPE']) expect(message).toContain(name)
  })

  test.each([
    [{ PANOREC_API_KEYS: 'tooshort-key' }, 'tooshort-key'],
    [{ PANOREC_DATABASE_URL: 'mysql://u:hidden-word@h/d' }, 'hidden-word'],
    [{ PANOREC_SECRET_OF_MINE: 'hidden-word' }, 'hidden-word'],
  ])('a secret is never shown: %j', (env, secret) => {
    const error = refusal(env)
    expect(JSON.stringify([error.message, error.received, error.details])).not.toContain(secret)
  })
})

test('an empty value is as good as none', () => {
  expect(loadConfig({ PANOREC_PORT: '', PANOREC_STORE: ' ' })).toMatchObject({ port: 8080, store: { kind: 'fs' } })
})

test.each(['localhost', '127.0.0.1', '127.8.8.8', '::1'])('%s needs no API key', (host) => {
  const config = loadConfig({ PANOREC_HOST: host })
  expect(config.host).toBe(host)
  requireKeysBeyondLoopback(config)
})

test.each(['0.0.0.0', '::', 'panorec.test'])('%s is taken without an API key, but not listened on', async (host) => {
  const config = loadConfig({ PANOREC_HOST: host, PANOREC_DATA_DIR: '/proc/no-folder-can-be-made-here' })
  const refused = { code: 'config.invalid', field: 'PANOREC_HOST', received: host }
  const { startService } = await import('../../src/bin/service.ts')
  await expect(startService(config)).rejects.toMatchObject(refused)
  expect(() => requireKeysBeyondLoopback(config)).toThrow(/`PANOREC_HOST` is not a loopback address/)
  requireKeysBeyondLoopback(loadConfig({ PANOREC_HOST: host, PANOREC_API_KEYS: KEY }))
})

describe('what Kubernetes names after a Service', () => {
  test.each(['PANOREC', 'PANOREC_WORKER'])('of %s is told from a wrong setting, with the cure', (service) => {
    const error = refusal({
      [`${service}_SERVICE_HOST`]: '10.0.0.1',
      [`${service}_PORT`]: 'tcp://10.0.0.1:8080',
      [`${service}_PORT_8080_TCP`]: 'tcp://10.0.0.1:8080',
    })
    expect(error.code).toBe('config.invalid')
    expect(error.message).toContain(`\`${service}_SERVICE_HOST\` comes from Kubernetes`)
    expect(error.message).toContain('enableServiceLinks: false')
  })

  test('is not spoken of elsewhere', () => {
    expect(refusal({ PANOREC_PORT: 'tcp://10.0.0.1:8080' }).message).not.toContain('Kubernetes')
  })
})

test('names of other programs are none of our business', () => {
  expect(loadConfig({ PATH: '/bin', PORT: 'x' }).port).toBe(8080)
})

test('an endpoint of its own makes the path style the default', () => {
  const env = { PANOREC_STORE: 's3://bucket', PANOREC_S3_ENDPOINT: 'http://127.0.0.1:9' }
  expect(loadConfig(env).store).toEqual({
    kind: 's3',
    bucket: 'bucket',
    prefix: '',
    endpoint: 'http://127.0.0.1:9',
    forcePathStyle: true,
  })
})

test('child processes get everything but the settings, and a place for what Node compiles', () => {
  const env = { PATH: '/bin', AWS_PROFILE: 'x', PANOREC_API_KEYS: KEY }
  const inherited = { PATH: '/bin', AWS_PROFILE: 'x' }
  expect(childEnvironment({ dataDir: '/data' }, env)).toEqual({ ...inherited, NODE_COMPILE_CACHE: '/data/compiled' })
  const own = { NODE_COMPILE_CACHE: '/cache' }
  expect(childEnvironment({ dataDir: '/data' }, { ...env, ...own })).toEqual({ ...inherited, ...own })
})

test('the table of settings has a row for each, with what it says', () => {
  const rows = describeSettings()
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(SETTINGS))
  for (const row of rows) for (const text of Object.values(row)) expect(text).not.toBe('')
})
