import { BlockList, isIP } from 'node:net'
import { join, resolve } from 'node:path'
import type { Static } from 'typebox'
import { AppError, type StoreLocation } from '../protocol/index.ts'
import type { Config, DatabaseLocation } from './config.ts'
import { type Environment, problemOf, readSettings, type SettingProblem } from './read-settings.ts'
import { defaultMaxClips, defaultMaxRecordings, SETTINGS, type SettingName, type SettingsSchema } from './settings.ts'

type Settings = Static<typeof SettingsSchema>

/** The checked configuration of an environment. Throws one `config.invalid` that lists every problem. */
export function loadConfig(env: Environment = process.env): Config {
  const { settings, problems } = readSettings(env)
  const all = [...problems, ...semanticProblems(settings)]
  if (all.length > 0) throw configError(all, { advice: kubernetesAdvice(env) })
  return toConfig(settings as Settings)
}

/**
 * The environment of child processes: that of this process without Panorec's settings, which hold secrets. Children share one
 * cache of compiled code in the data folder, which halves the CPU time of a start.
 */
export function childEnvironment(
  { dataDir }: Pick<Config, 'dataDir'>,
  env: Environment = process.env,
): Record<string, string> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] => !entry[0].startsWith('PANOREC_') && entry[1] !== undefined,
  )
  return { NODE_COMPILE_CACHE: join(dataDir, 'compiled'), ...Object.fromEntries(inherited) }
}

/** True when only this machine can reach a listener on the host (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true
  const family = isIP(host)
  return family !== 0 && LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

const LOOPBACK_HOST = '127.0.0.1'
const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * Throws `config.invalid` when others than this machine could reach the service without a key. Only `serve` calls it: commands that
 * do not listen run with any `PANOREC_HOST`.
 */
export function requireKeysBeyondLoopback({ host, apiKeys }: Pick<Config, 'host' | 'apiKeys'>): void {
  const problems = apiKeys.length > 0 ? [] : exposureProblems('PANOREC_HOST', host)
  if (problems.length > 0) throw configError(problems)
}

/** The problem of a host that is listened on without keys, if others can reach it. */
function exposureProblems(name: SettingName, host: string | undefined): readonly SettingProblem[] {
  if (host === undefined || isLoopbackHost(host)) return []
  const why = 'is not a loopback address, and without `PANOREC_API_KEYS` anyone could use it: set keys or use 127.0.0.1'
  return [problemOf(name, host, why)]
}

/**
 * Advice for a pod beside a Service called `panorec…`: Kubernetes sets variables named after it, which are no settings of Panorec,
 * and one of them overwrites the port.
 */
function kubernetesAdvice(env: Environment): string {
  const injected = Object.keys(env).find((name) => /^PANOREC_(\w+_)?SERVICE_HOST$/.test(name))
  if (injected === undefined) return ''
  return `\n\`${injected}\` comes from Kubernetes, which names variables after a Service: set \`enableServiceLinks: false\` in the pod's spec`
}

function configError(
  problems: readonly SettingProblem[],
  { advice = '' }: { readonly advice?: string } = {},
): AppError {
  const lines = problems.map(({ name, received, why, allowed }) => {
    const shown = received === null ? '' : `, received ${JSON.stringify(received)}`
    return `\`${name}\` ${why}${shown}; allowed: ${allowed}`
  })
  const [first] = problems
  const head = problems.length === 1 ? 'A setting is wrong: ' : `${problems.length} settings are wrong:\n  `
  return new AppError('config.invalid', head + lines.join('\n  ') + advice, {
    ...(first && { field: first.name, allowed: first.allowed }),
    ...(first?.received != null && { received: first.received }),
    details: { problems },
  })
}

const S3_SETTINGS = [
  'PANOREC_S3_ENDPOINT',
  'PANOREC_S3_REGION',
  'PANOREC_S3_FORCE_PATH_STYLE',
  'PANOREC_S3_SSE',
  'PANOREC_S3_SSE_KEY_ID',
] as const
const NO_S3 = 'has no effect, because `PANOREC_STORE` is not an s3:// address'

/** The problems that a schema cannot find: of URLs, address blocks, and settings that only make sense together. */
function semanticProblems(settings: Partial<Settings>): SettingProblem[] {
  const problems: SettingProblem[] = []
  const wrong = (name: SettingName, why: string) => problems.push(problemOf(name, textOf(settings[name]), why))
  const { PANOREC_STORE: store } = settings

  if (settings.PANOREC_API_KEYS === undefined)
    problems.push(...exposureProblems('PANOREC_METRICS_HOST', settings.PANOREC_METRICS_HOST))
  checkUrl('PANOREC_DATABASE_URL', ['postgres:', 'postgresql:'])
  checkUrl('PANOREC_S3_ENDPOINT', ['http:', 'https:'])
  checkUrl('PANOREC_PUBLIC_URL', ['http:', 'https:'])
  if (/[?#]/.test(settings.PANOREC_PUBLIC_URL ?? '')) wrong('PANOREC_PUBLIC_URL', 'has a query or a fragment')
  if (store !== undefined && parseStore(store) === undefined)
    wrong('PANOREC_STORE', 'is neither a path nor an s3:// address')
  if (!store?.startsWith('s3://')) {
    for (const name of S3_SETTINGS) {
      if (settings[name] !== undefined) wrong(name, NO_S3)
    }
    if (settings.PANOREC_S3_MEDIA === 'redirect') wrong('PANOREC_S3_MEDIA', NO_S3)
  }
  if (settings.PANOREC_S3_SSE_KEY_ID !== undefined && settings.PANOREC_S3_SSE !== 'aws:kms') {
    wrong('PANOREC_S3_SSE_KEY_ID', 'has no effect, because `PANOREC_S3_SSE` is not aws:kms')
  }
  if (settings.PANOREC_METRICS_HOST !== undefined && settings.PANOREC_METRICS_PORT === undefined) {
    wrong('PANOREC_METRICS_HOST', 'has no effect, because `PANOREC_METRICS_PORT` is not set')
  }
  for (const entry of settings.PANOREC_ALLOW_PRIVATE_HOSTS ?? []) {
    if (entry.includes('/') && !isCidr(entry))
      wrong('PANOREC_ALLOW_PRIVATE_HOSTS', `names ${entry}, which is no CIDR block`)
  }
  return problems

  function checkUrl(name: SettingName, protocols: readonly string[]): void {
    const text = textOf(settings[name])
    if (text === undefined) return
    const url = URL.parse(text)
    if (url === null) wrong(name, 'is not a URL')
    else if (!protocols.includes(url.protocol))
      wrong(name, `is not a URL of ${protocols.join(' or ').replaceAll(':', '')}`)
  }
}

const textOf = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))

function isCidr(text: string): boolean {
  const [address = '', bits = ''] = text.split('/')
  const family = isIP(address)
  return family !== 0 && Number(bits) <= (family === 6 ? 128 : 32)
}

/** `s3://bucket/prefix`, or a path; undefined when it is neither. */
function parseStore(text: string): { bucket: string; prefix: string } | { path: string } | undefined {
  if (!text.includes('://')) return { path: resolve(text) }
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text)
  if (match?.[1] === undefined) return undefined
  return { bucket: match[1], prefix: (match[2] ?? '').replace(/^\/+|\/+$/g, '') }
}

function toConfig(settings: Settings): Config {
  const dataDir = resolve(settings.PANOREC_DATA_DIR)
  const database: DatabaseLocation =
    settings.PANOREC_DATABASE_URL === undefined
      ? { kind: 'embedded', dir: join(dataDir, 'db') }
      : { kind: 'postgres', url: settings.PANOREC_DATABASE_URL }
  return {
    host: settings.PANOREC_HOST,
    port: settings.PANOREC_PORT,
    dataDir,
    database,
    store: storeLocation(settings, dataDir),
    redirectMedia: settings.PANOREC_S3_MEDIA === 'redirect',
    apiKeys: settings.PANOREC_API_KEYS ?? [],
    apiKey: settings.PANOREC_API_KEY,
    allowPrivateHosts: settings.PANOREC_ALLOW_PRIVATE_HOSTS ?? [],
    publicUrl: settings.PANOREC_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    maxRecordings: settings.PANOREC_MAX_RECORDINGS ?? defaultMaxRecordings(),
    maxCpuPercent: settings.PANOREC_MAX_CPU_PERCENT,
    maxMemoryPercent: settings.PANOREC_MAX_MEMORY_PERCENT,
    maxQueueSec: settings.PANOREC_MAX_QUEUE_SEC,
    maxTakeSec: settings.PANOREC_MAX_TAKE_SEC ?? null,
    maxClips: settings.PANOREC_MAX_CLIPS ?? defaultMaxClips(),
    warmRecorders: settings.PANOREC_WARM_RECORDERS,
    warmPages: settings.PANOREC_WARM_PAGES,
    warmMaxAgeSec: settings.PANOREC_WARM_MAX_AGE_SEC,
    warmMaxMb: settings.PANOREC_WARM_MAX_MB,
    retentionDays: settings.PANOREC_RETENTION_DAYS ?? null,
    roomHistoryDays: settings.PANOREC_ROOM_HISTORY_DAYS,
    metrics:
      settings.PANOREC_METRICS_PORT === undefined
        ? undefined
        : { host: settings.PANOREC_METRICS_HOST ?? LOOPBACK_HOST, port: settings.PANOREC_METRICS_PORT },
    spoolMaxBytes:
      settings.PANOREC_SPOOL_MAX_MB === undefined ? undefined : settings.PANOREC_SPOOL_MAX_MB * 1024 * 1024,
    chromePath: settings.PANOREC_CHROME_PATH,
    compositor: settings.PANOREC_COMPOSITOR,
    sourcePlayer: settings.PANOREC_SOURCE_PLAYER,
    ffmpegPath: settings.PANOREC_FFMPEG_PATH,
    logLevel: settings.PANOREC_LOG_LEVEL,
  }
}

function storeLocation(settings: Settings, dataDir: string): StoreLocation {
  const parsed = settings.PANOREC_STORE === undefined ? undefined : parseStore(settings.PANOREC_STORE)
  if (parsed === undefined) return { kind: 'fs', path: join(dataDir, 'recordings') }
  if ('path' in parsed) return { kind: 'fs', path: parsed.path }
  const { PANOREC_S3_ENDPOINT: endpoint, PANOREC_S3_SSE: algorithm, PANOREC_S3_SSE_KEY_ID: keyId } = settings
  return {
    kind: 's3',
    ...parsed,
    forcePathStyle: settings.PANOREC_S3_FORCE_PATH_STYLE ?? endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint }),
    ...(settings.PANOREC_S3_REGION !== undefined && { region: settings.PANOREC_S3_REGION }),
    ...(algorithm !== undefined && { encryption: { algorithm, ...(keyId !== undefined && { keyId }) } }),
  }
}

/** One row of the table of settings, as `--help` and the README show it. */
interface SettingDescription {
  readonly name: SettingName
  readonly default: string
  readonly allowed: string
  readonly description: string
}

/** Every setting with its default, in the order of the table. */
export function describeSettings(): readonly SettingDescription[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const { schema } = SETTINGS[name]
    const notes: { description: string; allowed: string; defaultText?: string } = SETTINGS[name].notes
    const fallback = 'default' in schema ? String(schema.default) : (notes.defaultText ?? 'none')
    return { name, default: fallback, allowed: notes.allowed, description: notes.description }
  })
}
