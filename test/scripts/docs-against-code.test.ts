import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAppRoutes } from '../../scripts/docs/app-routes.ts'
import { findUnknownCodes, withErrorTable } from '../../scripts/docs/error-codes.ts'
import { codeWordsOf } from '../../scripts/docs/markdown.ts'
import { findMissingMetrics, findUnknownMetrics, readMetrics } from '../../scripts/docs/metrics.ts'
import { findCallProblems, findUnknownPaths } from '../../scripts/docs/routes.ts'
import { ERRORS } from '../../src/protocol/index.ts'

const ROUTES = {
  described: [
    { method: 'GET', path: '/v1/things' },
    { method: 'POST', path: '/v1/things' },
    { method: 'DELETE', path: '/v1/things/:id' },
    { method: 'GET', path: '/media/*' },
  ],
  serves: (path: string) => ['/v1/things', '/v1/things/:id', '/docs/json'].includes(path),
}

describe('the calls of the API', () => {
  const problems = (...cells: string[]) =>
    findCallProblems(
      'api.md',
      ['## Calls', '', ...cells.map((cell) => `| ${cell} | x |`), '## Keys'].join('\n'),
      ROUTES,
    )

  it('are read from the real application, with their parameters', async () => {
    const { described, serves } = await readAppRoutes()
    expect(described).toContainEqual({ method: 'PATCH', path: '/v1/recordings/:id/sources/:sourceId' })
    expect(described).toContainEqual({ method: 'HEAD', path: '/media/*' })
    expect([serves('/docs/errors'), serves('/v1/recordings/:id'), serves('/v1/classes')]).toEqual([true, true, false])
  })

  it('are all in the table, each method before its path', () => {
    expect(problems('`POST` `GET /v1/things` `DELETE /v1/things/:id`', '`GET /media/…`')).toEqual([])
  })

  it('that the table leaves out are named, and so are those that there are not', () => {
    expect(problems('`GET /v1/things` `PUT /v1/things/:id`', '`GET /media/…`')).toEqual([
      'api.md: the table of calls lacks `POST /v1/things`',
      'api.md: the table of calls lacks `DELETE /v1/things/:id`',
      'api.md: there is no call `PUT /v1/things/:id`',
    ])
  })

  it('are known anywhere in a document, with values for their parameters', () => {
    const text = 'curl http://127.0.0.1/v1/things/$ID?x=1 and `GET /v1/things`, "/v1/things/rec_…", `/docs/json`'
    expect(findUnknownPaths('a.md', text, ROUTES)).toEqual([])
  })

  it('of a wrong method, a wrong word or a wrong depth are found anywhere', () => {
    const text = '`PUT /v1/things`, `/v1/things/all` and `GET /v1/things/:id/parts`; /docs/gone'
    expect(findUnknownPaths('a.md', text, ROUTES)).toEqual([
      'a.md: the application does not serve PUT /v1/things',
      'a.md: the application does not serve /v1/things/all',
      'a.md: the application does not serve GET /v1/things/:id/parts',
      'a.md: the application does not serve /docs/gone',
    ])
  })
})

describe('the metrics', () => {
  it('are those of the registry, without what every process has', () => {
    expect(readMetrics()).toEqual(expect.arrayContaining(['panorec_recordings', 'panorec_highlights_total']))
    expect(readMetrics().filter((name) => name.startsWith('panorec_process_'))).toEqual([])
  })

  it('that a page leaves out are named', () => {
    expect(findMissingMetrics('a.md', '`panorec_a_total{x="1"}`', ['panorec_a_total', 'panorec_b'])).toEqual([
      'a.md: the metric `panorec_b` is not named',
    ])
  })

  it('that there are not are found, and the series of a histogram and the cookie are none of these', () => {
    const text = 'panorec_a_seconds_bucket, panorec_process_cpu, panorec_session and panorec_gone_total'
    expect(findUnknownMetrics('a.md', text, ['panorec_a_seconds'])).toEqual([
      'a.md: there is no metric `panorec_gone_total`',
    ])
  })
})

describe('the error codes', () => {
  it('are all in the table, which changes nothing the second time', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
    const renewed = withErrorTable(page)
    for (const code of Object.keys(ERRORS)) expect(renewed).toContain(`| \`${code}\``)
    expect(withErrorTable(renewed)).toBe(renewed)
    expect(() => withErrorTable('# A')).toThrow('docs/errors.md has no')
  })

  it('are found where they are misspelled, in prose and in code', () => {
    const text = '`recording.idle` and `recording.idel`\n```json\n{ "code": "spool.disk-fall" }\n```\n'
    expect(findUnknownCodes('a.md', text)).toEqual([
      'a.md: `recording.idel` is no error code, event or signal',
      'a.md: `spool.disk-fall` is no error code, event or signal',
    ])
  })

  it('are not taken for events, signals, fields and files', () => {
    const text = '`highlight.ready` `hand.raised` `links.live` `highlight.json` `idle.pausedSec` recording.idel'
    expect(findUnknownCodes('a.md', text)).toEqual([])
  })
})

describe('codeWordsOf', () => {
  it('gives code spans and the strings of code blocks, each in its kind of quotes', () => {
    const page = '`a` b\n```ts\nf(\'c\', "d") // `e`\n```\n`f`'
    expect(codeWordsOf(page)).toEqual(['a', 'f', 'c', 'd'])
  })
})
