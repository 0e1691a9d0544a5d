import { AppError, type Layout, type RecordingSpec, type SourceSpec } from '../protocol/index.ts'
import type { OutboundPolicy } from './ports.ts'

/** What a schema cannot say of a spec. Throws for the first rule that is broken, with the field as a JSON pointer. */
export function checkSpec(spec: RecordingSpec): void {
  if (spec.template !== undefined) {
    if (spec.sources !== undefined) {
      throw new AppError('recording.sources-or-template', 'The spec has `sources` and `template`: give one of them.', {
        field: '/template',
        allowed: 'either sources or template',
      })
    }
    throw new AppError(
      'recording.template-unsupported',
      'Recording a `template` page is not available in this version: give `sources`.',
      {
        field: '/template',
      },
    )
  }
  const sources = spec.sources ?? []
  if (sources.length === 0) {
    throw new AppError(
      'recording.sources-or-template',
      'The spec has no `sources`, so there is nothing to record: give at least one.',
      {
        field: '/sources',
        allowed: '1 to 32 sources',
      },
    )
  }
  checkUniqueIds(sources)
  checkStart(spec)
  if (spec.layout !== undefined) checkLayout(spec.layout, sources, '/layout')
}

/** The pattern of the schema lets days pass that no calendar has. */
function checkStart({ startAt }: RecordingSpec): void {
  const time = startAt === undefined ? 0 : Date.parse(startAt)
  if (!Number.isNaN(time)) return
  throw new AppError('request.invalid', '`startAt` is not a moment of the calendar.', {
    field: '/startAt',
    received: startAt,
    allowed: 'a UTC time such as 2026-11-21T09:00:00Z',
  })
}

function checkUniqueIds(sources: readonly SourceSpec[]): void {
  const seen = new Set<string>()
  for (const [index, { id }] of sources.entries()) {
    if (seen.has(id)) {
      throw new AppError('source.duplicate', `Two \`sources\` have the id ${JSON.stringify(id)}: give each its own.`, {
        field: `/sources/${index}/id`,
        received: id,
      })
    }
    seen.add(id)
  }
}

/** `tiles` belongs to `custom` and only to it, and every source that the layout names is one of the recording's. */
export function checkLayout(layout: Layout, sources: readonly Pick<SourceSpec, 'id'>[], field = ''): void {
  if (layout.name === 'custom' && layout.tiles === undefined) {
    throw new AppError('request.invalid', 'The layout `custom` needs `tiles`.', {
      field: `${field}/tiles`,
      allowed: 'a list of 1 to 64 rectangles',
    })
  }
  if (layout.name !== 'custom' && layout.tiles !== undefined) {
    throw new AppError('request.invalid', `\`tiles\` belongs to the layout \`custom\`, not to \`${layout.name}\`.`, {
      field: `${field}/tiles`,
      received: layout.name,
      allowed: 'tiles only with the name custom',
    })
  }
  const known = new Set(sources.map(({ id }) => id))
  const checkKnown = (id: string, at: string) => {
    if (known.has(id)) return
    throw new AppError(
      'layout.unknown-source',
      `The layout names the source ${JSON.stringify(id)}, which the recording does not have.`,
      {
        field: at,
        received: id,
        allowed: known.size === 0 ? 'a source of the recording; it has none' : [...known].join(', '),
      },
    )
  }
  if (layout.focus !== undefined) checkKnown(layout.focus, `${field}/focus`)
  for (const [index, tile] of (layout.tiles ?? []).entries()) {
    if ('source' in tile) checkKnown(tile.source, `${field}/tiles/${index}/source`)
  }
}

const HTTP = ['http:', 'https:']
const WEBSOCKET = ['ws:', 'wss:']

/** Asks the policy about every URL of the spec. The error's field is the URL's JSON pointer. */
export async function checkUrls(spec: RecordingSpec, policy: OutboundPolicy): Promise<void> {
  for (const [index, { url }] of (spec.sources ?? []).entries()) {
    await policy.check(url, { field: `/sources/${index}/url`, protocols: HTTP })
  }
  if (spec.signalling !== undefined) {
    await policy.check(spec.signalling.url, { field: '/signalling/url', protocols: WEBSOCKET })
  }
  for (const [index, { url }] of (spec.webhooks ?? []).entries()) {
    await policy.check(url, { field: `/webhooks/${index}/url`, protocols: HTTP })
  }
}

/** Asks the policy about one source's URL. */
export async function checkSourceUrl(source: SourceSpec, policy: OutboundPolicy): Promise<void> {
  await policy.check(source.url, { field: '/url', protocols: HTTP })
}
