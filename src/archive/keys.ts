/**
 * The layout of a recording in its store: one row for each kind of object. Nothing else spells a key; builders, matchers, media types,
 * caching and the order of deletion all come from this table.
 */
interface ObjectRow {
  /** The key without its first part, which is the recording's id. Parts in braces are filled in. */
  readonly name: string
  readonly mediaType: string
  /** True when it is written once, under a key of its own: caches may keep it for ever. */
  readonly immutable: boolean
  /** True when `/media` serves it; what is not served is for the service alone. */
  readonly served: boolean
  /** The step in which the deletion of the recording reaches it. */
  readonly deletion: DeletionStep
}

/** The steps of a deletion in their order. An object that is kept is what tells a late writer that the recording is gone. */
const DELETION_STEPS = ['playlists', 'media', 'manifest'] as const
type DeletionStep = (typeof DELETION_STEPS)[number] | 'kept'

/** RFC 8216 §4. */
const HLS = 'application/vnd.apple.mpegurl'
const JSON_TYPE = 'application/json'

export const LAYOUT = {
  /** The recording from its first segment on, or as much of it as is kept. */
  index: { name: 'index.m3u8', mediaType: HLS, immutable: false, served: true, deletion: 'playlists' },
  /** What came since the index was written; players get it as the end of the index. */
  tail: { name: 'tail.m3u8', mediaType: HLS, immutable: false, served: false, deletion: 'playlists' },
  /** The newest part. */
  live: { name: 'live.m3u8', mediaType: HLS, immutable: false, served: true, deletion: 'playlists' },
  signals: {
    name: 'signals.jsonl',
    mediaType: 'application/x-ndjson',
    immutable: false,
    served: true,
    deletion: 'media',
  },
  /** The row of the recording; deleted last, so that an interrupted deletion is found again from the store alone. */
  manifest: { name: 'recording.json', mediaType: JSON_TYPE, immutable: false, served: false, deletion: 'manifest' },
  segment: {
    name: 'takes/{take}/{number}.ts',
    mediaType: 'video/mp2t',
    immutable: true,
    served: true,
    deletion: 'media',
  },
  /** The newest take's number, which every recorder reads before it writes what takes share. */
  fence: { name: 'takes/newest.json', mediaType: JSON_TYPE, immutable: false, served: false, deletion: 'kept' },
  finalizeLock: {
    name: 'takes/closing.json',
    mediaType: JSON_TYPE,
    immutable: false,
    served: false,
    deletion: 'media',
  },
  clipPlaylist: {
    name: 'highlights/{highlight}/clip.m3u8',
    mediaType: HLS,
    immutable: false,
    served: true,
    deletion: 'playlists',
  },
  clip: {
    name: 'highlights/{highlight}/clip.mp4',
    mediaType: 'video/mp4',
    immutable: true,
    served: true,
    deletion: 'media',
  },
  poster: {
    name: 'highlights/{highlight}/poster.jpg',
    mediaType: 'image/jpeg',
    immutable: true,
    served: true,
    deletion: 'media',
  },
  preview: {
    name: 'highlights/{highlight}/preview.webp',
    mediaType: 'image/webp',
    immutable: true,
    served: true,
    deletion: 'media',
  },
  /** The row of the highlight. */
  highlightManifest: {
    name: 'highlights/{highlight}/highlight.json',
    mediaType: JSON_TYPE,
    immutable: false,
    served: false,
    deletion: 'media',
  },
  recap: { name: 'outputs/{recap}.mp4', mediaType: 'video/mp4', immutable: true, served: true, deletion: 'media' },
  /** The row of the recap. */
  recapManifest: {
    name: 'outputs/{recap}.json',
    mediaType: JSON_TYPE,
    immutable: false,
    served: false,
    deletion: 'media',
  },
} as const satisfies Record<string, ObjectRow>

/** What several objects have in common: the beginnings of their names. */
const FOLDERS = {
  takes: 'takes/',
  take: 'takes/{take}/',
  highlights: 'highlights/',
  highlight: 'highlights/{highlight}/',
  recaps: 'outputs/',
} as const

/** What the parts of a name look like. */
const PARTS = {
  take: String.raw`\d+`,
  number: String.raw`\d+`,
  highlight: String.raw`[\w-][\w.-]*`,
  recap: String.raw`rcp_[\w-]+`,
} as const

type ObjectKind = keyof typeof LAYOUT
type Folder = keyof typeof FOLDERS
type PartsIn<Name extends string> = Name extends `${string}{${infer Part}}${infer Rest}` ? Part | PartsIn<Rest> : never
type Filled<Name extends string> = [PartsIn<Name>] extends [never]
  ? []
  : [parts: Readonly<Record<PartsIn<Name>, string | number>>]

/** The name of an object: its key below `<recording>/`, and its URI in the playlists of the recording. */
export function objectName<K extends ObjectKind>(kind: K, ...[parts]: Filled<(typeof LAYOUT)[K]['name']>): string {
  return fill(LAYOUT[kind].name, parts)
}

/** The key of an object in the store. */
export function objectKey<K extends ObjectKind>(
  recordingId: string,
  kind: K,
  ...parts: Filled<(typeof LAYOUT)[K]['name']>
): string {
  return `${recordingId}/${objectName(kind, ...parts)}`
}

/** The prefix of all keys of a folder, its slash included. */
export function folderKey<F extends Folder>(
  recordingId: string,
  folder: F,
  ...[parts]: Filled<(typeof FOLDERS)[F]>
): string {
  return `${recordingId}/${fill(FOLDERS[folder], parts)}`
}

/** The last part of an object's name, of a kind whose file names have no parts to fill in. */
export function fileNameOf(kind: Exclude<ObjectKind, 'segment' | 'recap' | 'recapManifest'>): string {
  return LAYOUT[kind].name.slice(LAYOUT[kind].name.lastIndexOf('/') + 1)
}

/** How a playlist of this kind names another object of its recording (RFC 3986 §4.2). */
export function uriFrom(kind: ObjectKind, name: string): string {
  return '../'.repeat(LAYOUT[kind].name.split('/').length - 1) + name
}

export interface FoundObject {
  readonly kind: ObjectKind
  readonly row: ObjectRow
  /** The parts of its name that are filled in, such as `take`. */
  readonly parts: Readonly<Partial<Record<keyof typeof PARTS, string>>>
}

/** What kind of object a name is of; undefined for what no recording has. */
export function findObject(name: string): FoundObject | undefined {
  for (const [kind, pattern] of PATTERNS) {
    const found = pattern.exec(name)
    if (found !== null) return { kind, row: LAYOUT[kind], parts: found.groups ?? {} }
  }
  return undefined
}

/** The recording of a key and the name below it. */
export function splitKey(key: string): { readonly recordingId: string; readonly name: string } {
  const slash = key.indexOf('/')
  return slash === -1
    ? { recordingId: key, name: '' }
    : { recordingId: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** True for the names of a folder that has no parts to fill in. */
export function liesIn(folder: 'takes' | 'highlights' | 'recaps', name: string): boolean {
  return name.startsWith(FOLDERS[folder])
}

/** The rank of what outlives its recording. */
export const KEPT = Number.POSITIVE_INFINITY

/** Where a name stands in the order of deletion: lower ones go first. Names of no kind go with the media. */
export function deletionRank(name: string): number {
  const step = findObject(name)?.row.deletion ?? 'media'
  return step === 'kept' ? KEPT : DELETION_STEPS.indexOf(step)
}

/** Where a segment lies in the order of a recording. Numbers count from 0 within a take. */
export interface SegmentPlace {
  readonly take: number
  readonly number: number
}

/** The name of a segment, and its URI in the recording's playlists. */
export function segmentName({ take, number }: SegmentPlace): string {
  return objectName('segment', { take, number })
}

/** The inverse of `segmentName`; undefined for any other name. */
export function parseSegmentName(name: string): SegmentPlace | undefined {
  const found = SEGMENT.exec(name)?.groups
  return found && { take: Number(found.take), number: Number(found.number) }
}

const PATTERNS = (Object.keys(LAYOUT) as ObjectKind[]).map((kind) => [kind, patternOf(LAYOUT[kind].name)] as const)
/** A day has 43,200 of them. */
const SEGMENT = patternOf(LAYOUT.segment.name)

function patternOf(name: string): RegExp {
  const source = name
    .replaceAll('.', String.raw`\.`)
    .replace(/\{(\w+)\}/g, (_, part: keyof typeof PARTS) => `(?<${part}>${PARTS[part]})`)
  return new RegExp(`^${source}$`)
}

function fill(template: string, parts: Readonly<Record<string, string | number>> | undefined): string {
  return template.replace(/\{(\w+)\}/g, (_, part: string) => String(parts?.[part]))
}
