import { availableParallelism } from 'node:os'
import Type, { type TSchema } from 'typebox'
import {
  COMPOSITORS,
  DEFAULT_COMPOSITOR,
  DEFAULT_SOURCE_PLAYER,
  MEASURED_COST,
  SOURCE_PLAYERS,
} from '../protocol/index.ts'

/** What the `--help` table and an error message say about one setting, beside its schema. */
interface SettingNotes {
  readonly description: string
  /** What is accepted, in words. */
  readonly allowed: string
  /** The default in words, where it is not the schema's `default`. */
  readonly defaultText?: string
  /** True when its value must never be shown. */
  readonly secret?: boolean
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The share of a machine's CPU that recordings may load, per cent, unless PANOREC_MAX_CPU_PERCENT says otherwise. */
const MAX_CPU_PERCENT = 90

/** Recordings at once that a machine carries by the measured cost of one. */
export function defaultMaxRecordings(cores: number = availableParallelism()): number {
  return Math.max(1, Math.floor((cores * MAX_CPU_PERCENT) / 100 / MEASURED_COST.cpuCores))
}

/** Clips at once that a machine cuts beside its recordings. */
export function defaultMaxClips(cores: number = availableParallelism()): number {
  return Math.max(1, Math.floor(cores / 2))
}

const setting = <T extends TSchema>(schema: T, notes: SettingNotes) => ({ schema, notes })
const Text = (pattern?: string) => Type.String(pattern === undefined ? { minLength: 1 } : { minLength: 1, pattern })

/** Every setting of the product. There is no other. */
export const SETTINGS = {
  PANOREC_HOST: setting(Type.String({ minLength: 1, pattern: '^[A-Za-z0-9.:_-]+$', default: '127.0.0.1' }), {
    description: 'Address to listen on. Without PANOREC_API_KEYS only a loopback address.',
    allowed: 'an IP address or a host name',
  }),
  PANOREC_PORT: setting(Type.Integer({ minimum: 0, maximum: 65535, default: 8080 }), {
    description: 'Port of the API, the hub, the media and the console; 0 takes any free one.',
    allowed: 'an integer from 0 to 65535',
  }),
  PANOREC_DATA_DIR: setting(Type.String({ minLength: 1, default: './data' }), {
    description: 'Folder of the embedded database, the spool and, without PANOREC_STORE, the recordings.',
    allowed: 'a path of a folder; it is made when missing',
  }),
  PANOREC_DATABASE_URL: setting(Text(), {
    description: 'Postgres 14 or newer, shared by every service and worker.',
    allowed: 'postgres://user:password@host:port/database',
    defaultText: 'an embedded PGlite in the data folder',
    secret: true,
  }),
  PANOREC_STORE: setting(Text(), {
    description: 'Where recordings are stored.',
    allowed: 'a path of a folder, or s3://bucket/prefix with credentials from the AWS credential chain',
    defaultText: 'the data folder',
  }),
  PANOREC_S3_ENDPOINT: setting(Text(), {
    description: 'Endpoint of an S3-compatible store that is not AWS.',
    allowed: 'an http or https URL',
    defaultText: 'AWS',
  }),
  PANOREC_S3_REGION: setting(Text('^[a-z0-9-]+$'), {
    description: 'Region of the bucket.',
    allowed: 'a region name such as us-east-1',
    defaultText: 'from the AWS configuration, else us-east-1',
  }),
  PANOREC_S3_FORCE_PATH_STYLE: setting(Type.Boolean(), {
    description: 'Put the bucket in the path instead of the host name.',
    allowed: 'true or false',
    defaultText: 'true with PANOREC_S3_ENDPOINT, else false',
  }),
  PANOREC_S3_SSE: setting(Type.Enum(['AES256', 'aws:kms']), {
    description: 'Server-side encryption of every object.',
    allowed: 'AES256, aws:kms',
    defaultText: 'what the bucket does by itself',
  }),
  PANOREC_S3_SSE_KEY_ID: setting(Text(), {
    description: 'The key of aws:kms.',
    allowed: 'the id or ARN of a KMS key, with PANOREC_S3_SSE=aws:kms',
    defaultText: "the bucket's default key",
  }),
  PANOREC_S3_MEDIA: setting(Type.Enum(['proxy', 'redirect'], { default: 'proxy' }), {
    description: 'How players get segments and clips of an S3 store: through the service, or by links to the bucket.',
    allowed: 'proxy, or redirect for a bucket that players reach',
  }),
  PANOREC_API_KEYS: setting(Type.Array(Type.String({ minLength: 16, pattern: '^[\\x21-\\x7e]+$' }), { minItems: 1 }), {
    description: 'Keys that may call the API, sent as a bearer token.',
    allowed: 'a comma-separated list of keys of at least 16 printable characters',
    defaultText: 'none: anyone on this machine, and only this machine',
    secret: true,
  }),
  PANOREC_API_KEY: setting(Type.String({ minLength: 16, pattern: '^[\\x21-\\x7e]+$' }), {
    description: 'The key that commands of this machine send to a service, as `panorec highlight` does.',
    allowed: 'one of the keys of that service',
    defaultText: 'none',
    secret: true,
  }),
  PANOREC_ALLOW_PRIVATE_HOSTS: setting(Type.Array(Text('^(\\*|[A-Za-z0-9.:_-]+(/[0-9]{1,3})?)$'), { minItems: 1 }), {
    description: 'Private addresses that sources, signalling servers, webhooks and images of the whiteboard may have.',
    allowed: 'a comma-separated list of host names, IP addresses and CIDR blocks, or * for all',
    defaultText: 'none',
  }),
  PANOREC_PUBLIC_URL: setting(Text(), {
    description: 'How clients reach this service; the prefix of every link.',
    allowed: 'an http or https URL without query and fragment',
    defaultText: 'links without a host',
  }),
  PANOREC_MAX_RECORDINGS: setting(Type.Integer({ minimum: 1, maximum: 1000 }), {
    description: 'Recordings at once on this machine.',
    allowed: 'an integer from 1 to 1000',
    defaultText: `as many as ${MAX_CPU_PERCENT} % of the cores carry at ${MEASURED_COST.cpuCores} cores each, at least 1`,
  }),
  PANOREC_MAX_CPU_PERCENT: setting(Type.Integer({ minimum: 10, maximum: 1000, default: MAX_CPU_PERCENT }), {
    description: 'A worker that has recordings takes no more that would load its CPU beyond this; 1000 takes them all.',
    allowed: 'an integer from 10 to 1000, of the machine or of the container',
  }),
  PANOREC_MAX_MEMORY_PERCENT: setting(Type.Integer({ minimum: 1, maximum: 1000, default: 90 }), {
    description: 'A worker takes no recording that would fill its memory beyond this; 1000 takes them all.',
    allowed: 'an integer from 1 to 1000, of the machine or of the container',
  }),
  PANOREC_MAX_QUEUE_SEC: setting(Type.Integer({ minimum: 0, maximum: 86400, default: 60 }), {
    description:
      'How long a recording waits for a free recorder before it fails; `maxQueueSec` of its spec takes precedence.',
    allowed: 'an integer from 0 to 86400',
  }),
  PANOREC_MAX_TAKE_SEC: setting(Type.Integer({ minimum: 60, maximum: 604_800 }), {
    description:
      'A recorder process hands over to a new one, without a gap, before it has run so long; `maxTakeSec` of a spec takes precedence.',
    allowed: 'an integer from 60 to 604800',
    defaultText: 'none: it runs as long as it is well',
  }),
  PANOREC_RETENTION_DAYS: setting(Type.Integer({ minimum: 1, maximum: 36500 }), {
    description:
      'Recordings are deleted so long after their end, and their highlights stay; `retention` of a spec takes precedence.',
    allowed: 'an integer from 1 to 36500',
    defaultText: 'none: they stay',
  }),
  PANOREC_ROOM_HISTORY_DAYS: setting(Type.Integer({ minimum: 1, maximum: 3650, default: 30 }), {
    description:
      'How long the hub keeps the signals of a room in which nothing happens; recordings have their own copy.',
    allowed: 'an integer from 1 to 3650',
  }),
  PANOREC_METRICS_PORT: setting(Type.Integer({ minimum: 0, maximum: 65535 }), {
    description: 'Port of /healthz, /readyz and /metrics of `panorec work`; a service has them on its own.',
    allowed: 'an integer from 0 to 65535',
    defaultText: 'none: a worker listens nowhere',
  }),
  PANOREC_METRICS_HOST: setting(Type.String({ minLength: 1, pattern: '^[A-Za-z0-9.:_-]+$' }), {
    description: 'Address of that port. Without PANOREC_API_KEYS only a loopback address.',
    allowed: 'an IP address or a host name, with PANOREC_METRICS_PORT',
    defaultText: '127.0.0.1',
  }),
  PANOREC_MAX_CLIPS: setting(Type.Integer({ minimum: 1, maximum: 100 }), {
    description: 'Clips of highlights that this machine cuts at once, at a lower priority than it records.',
    allowed: 'an integer from 1 to 100',
    defaultText: 'one for two cores, at least 1',
  }),
  PANOREC_WARM_RECORDERS: setting(Type.Integer({ minimum: 0, maximum: 100, default: 0 }), {
    description:
      'Recorder processes that wait for the next take, from the first recording of this machine until ten minutes after its last, for about 50 MB each.',
    allowed: 'an integer from 0 to 100',
  }),
  PANOREC_WARM_PAGES: setting(Type.Integer({ minimum: 0, maximum: 100, default: 0 }), {
    description:
      'Recorders that wait with Chrome launched and its page open, always: the next recordings begin soonest, for about 300 MB each.',
    allowed: 'an integer from 0 to 100',
  }),
  PANOREC_WARM_MAX_AGE_SEC: setting(Type.Integer({ minimum: 60, maximum: 604_800, default: 3600 }), {
    description: 'A recorder that has waited so long is replaced by a new one.',
    allowed: 'an integer from 60 to 604800',
  }),
  PANOREC_WARM_MAX_MB: setting(Type.Integer({ minimum: 100, default: 700 }), {
    description: 'A recorder that waits and uses more memory, with its Chrome, is replaced by a new one.',
    allowed: 'an integer from 100, in MiB',
  }),
  PANOREC_SPOOL_MAX_MB: setting(Type.Integer({ minimum: 1 }), {
    description: 'What all recordings of this machine may keep in the spool while the store is away.',
    allowed: 'an integer from 1, in MiB',
    defaultText: 'all of the disk but a reserve',
  }),
  PANOREC_CHROME_PATH: setting(Text(), {
    description: 'The Chrome or Chromium to record with.',
    allowed: 'a path of a program',
    defaultText: 'found on the PATH or in the cache of Puppeteer',
  }),
  PANOREC_COMPOSITOR: setting(Type.Enum([...COMPOSITORS], { default: DEFAULT_COMPOSITOR }), {
    description:
      'How pictures are composed: from planes, or on a canvas, at several times the CPU and memory, should a source look wrong.',
    allowed: COMPOSITORS.join(', '),
  }),
  PANOREC_SOURCE_PLAYER: setting(Type.Enum([...SOURCE_PLAYERS], { default: DEFAULT_SOURCE_PLAYER }), {
    description: 'What plays HLS and files: media elements, or decoders in the worker of the page.',
    allowed: SOURCE_PLAYERS.join(', '),
  }),
  PANOREC_FFMPEG_PATH: setting(Text(), {
    description: 'The FFmpeg for conversions.',
    allowed: 'a path of a program',
    defaultText: 'found on the PATH',
  }),
  PANOREC_LOG_LEVEL: setting(Type.Enum([...LOG_LEVELS], { default: 'info' }), {
    description: 'The least severe level that is logged.',
    allowed: LOG_LEVELS.join(', '),
  }),
} as const

export type SettingName = keyof typeof SETTINGS
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

/** The settings as one schema, after their text was read as numbers, booleans and lists. */
export const SettingsSchema = Type.Object({
  PANOREC_HOST: SETTINGS.PANOREC_HOST.schema,
  PANOREC_PORT: SETTINGS.PANOREC_PORT.schema,
  PANOREC_DATA_DIR: SETTINGS.PANOREC_DATA_DIR.schema,
  PANOREC_DATABASE_URL: Type.Optional(SETTINGS.PANOREC_DATABASE_URL.schema),
  PANOREC_STORE: Type.Optional(SETTINGS.PANOREC_STORE.schema),
  PANOREC_S3_ENDPOINT: Type.Optional(SETTINGS.PANOREC_S3_ENDPOINT.schema),
  PANOREC_S3_REGION: Type.Optional(SETTINGS.PANOREC_S3_REGION.schema),
  PANOREC_S3_FORCE_PATH_STYLE: Type.Optional(SETTINGS.PANOREC_S3_FORCE_PATH_STYLE.schema),
  PANOREC_S3_SSE: Type.Optional(SETTINGS.PANOREC_S3_SSE.schema),
  PANOREC_S3_SSE_KEY_ID: Type.Optional(SETTINGS.PANOREC_S3_SSE_KEY_ID.schema),
  PANOREC_S3_MEDIA: SETTINGS.PANOREC_S3_MEDIA.schema,
  PANOREC_API_KEYS: Type.Optional(SETTINGS.PANOREC_API_KEYS.schema),
  PANOREC_API_KEY: Type.Optional(SETTINGS.PANOREC_API_KEY.schema),
  PANOREC_ALLOW_PRIVATE_HOSTS: Type.Optional(SETTINGS.PANOREC_ALLOW_PRIVATE_HOSTS.schema),
  PANOREC_PUBLIC_URL: Type.Optional(SETTINGS.PANOREC_PUBLIC_URL.schema),
  PANOREC_MAX_RECORDINGS: Type.Optional(SETTINGS.PANOREC_MAX_RECORDINGS.schema),
  PANOREC_MAX_CPU_PERCENT: SETTINGS.PANOREC_MAX_CPU_PERCENT.schema,
  PANOREC_MAX_MEMORY_PERCENT: SETTINGS.PANOREC_MAX_MEMORY_PERCENT.schema,
  PANOREC_MAX_QUEUE_SEC: SETTINGS.PANOREC_MAX_QUEUE_SEC.schema,
  PANOREC_MAX_TAKE_SEC: Type.Optional(SETTINGS.PANOREC_MAX_TAKE_SEC.schema),
  PANOREC_RETENTION_DAYS: Type.Optional(SETTINGS.PANOREC_RETENTION_DAYS.schema),
  PANOREC_ROOM_HISTORY_DAYS: SETTINGS.PANOREC_ROOM_HISTORY_DAYS.schema,
  PANOREC_METRICS_PORT: Type.Optional(SETTINGS.PANOREC_METRICS_PORT.schema),
  PANOREC_METRICS_HOST: Type.Optional(SETTINGS.PANOREC_METRICS_HOST.schema),
  PANOREC_MAX_CLIPS: Type.Optional(SETTINGS.PANOREC_MAX_CLIPS.schema),
  PANOREC_WARM_RECORDERS: SETTINGS.PANOREC_WARM_RECORDERS.schema,
  PANOREC_WARM_PAGES: SETTINGS.PANOREC_WARM_PAGES.schema,
  PANOREC_WARM_MAX_AGE_SEC: SETTINGS.PANOREC_WARM_MAX_AGE_SEC.schema,
  PANOREC_WARM_MAX_MB: SETTINGS.PANOREC_WARM_MAX_MB.schema,
  PANOREC_SPOOL_MAX_MB: Type.Optional(SETTINGS.PANOREC_SPOOL_MAX_MB.schema),
  PANOREC_CHROME_PATH: Type.Optional(SETTINGS.PANOREC_CHROME_PATH.schema),
  PANOREC_COMPOSITOR: SETTINGS.PANOREC_COMPOSITOR.schema,
  PANOREC_SOURCE_PLAYER: SETTINGS.PANOREC_SOURCE_PLAYER.schema,
  PANOREC_FFMPEG_PATH: Type.Optional(SETTINGS.PANOREC_FFMPEG_PATH.schema),
  PANOREC_LOG_LEVEL: SETTINGS.PANOREC_LOG_LEVEL.schema,
})
