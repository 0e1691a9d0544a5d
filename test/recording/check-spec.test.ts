import { describe, expect, test } from 'vitest'
import type { RecordingSpec } from '../../src/protocol/index.ts'
import { checkSpec } from '../../src/recording/index.ts'

const hls = (id: string) => ({ id, type: 'hls' as const, url: `https://live.test/${id}` })
const tile = (source: string) => ({ source, x: 0, y: 0, width: 1, height: 1 })

const WRONG: readonly [string, RecordingSpec, string, string][] = [
  ['no sources', {}, 'recording.sources-or-template', '/sources'],
  ['an empty list of sources', { sources: [] }, 'recording.sources-or-template', '/sources'],
  [
    'sources and a template',
    { sources: [hls('a')], template: { url: 'https://t.test' } },
    'recording.sources-or-template',
    '/template',
  ],
  ['a template', { template: { url: 'https://t.test' } }, 'recording.template-unsupported', '/template'],
  ['two sources of one id', { sources: [hls('a'), hls('b'), hls('a')] }, 'source.duplicate', '/sources/2/id'],
  [
    'a focus on nobody',
    { sources: [hls('a')], layout: { name: 'speaker', focus: 'b' } },
    'layout.unknown-source',
    '/layout/focus',
  ],
  ['custom without tiles', { sources: [hls('a')], layout: { name: 'custom' } }, 'request.invalid', '/layout/tiles'],
  [
    'tiles without custom',
    { sources: [hls('a')], layout: { name: 'grid', tiles: [tile('a')] } },
    'request.invalid',
    '/layout/tiles',
  ],
  [
    'a tile of nobody',
    { sources: [hls('a')], layout: { name: 'custom', tiles: [tile('a'), tile('b')] } },
    'layout.unknown-source',
    '/layout/tiles/1/source',
  ],
  ['a day that is none', { sources: [hls('a')], startAt: '2026-13-41T09:00:00Z' }, 'request.invalid', '/startAt'],
]

describe('a spec is refused for', () => {
  test.each(WRONG)('%s', (_name, spec, code, field) => {
    expect(() => checkSpec(spec)).toThrow(expect.objectContaining({ code, field }))
  })
})

test('a custom layout with a board and known sources is accepted', () => {
  const board = { board: true as const, x: 0.5, y: 0, width: 0.5, height: 1 }
  checkSpec({ sources: [hls('a')], layout: { name: 'custom', tiles: [tile('a'), board] } })
})
