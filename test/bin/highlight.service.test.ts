import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import type { Highlight } from '../../src/protocol/index.ts'
import { fakeHighlightId } from '../api/fake-highlights.ts'
import { fakeId } from '../api/fakes.ts'
import { openApp } from '../api/open-app.ts'
import { compileCache } from '../kit/service/compile-cache.ts'

const PANOREC = fileURLToPath(new URL('../../src/bin/panorec.ts', import.meta.url))
const KEY = 'key-one-0123456789'
const ID = fakeId(1)
const HL = fakeHighlightId(1)

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command as a shell does. */
async function panorec(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [PANOREC, ...args], {
    env: { PATH: process.env.PATH ?? '', ...compileCache(), ...env },
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const [code] = (await once(child, 'close')) as [number]
  return { code, out, err }
}

async function openService() {
  const api = await openApp({ apiKeys: [KEY], publicUrl: 'https://rec.example' })
  await api.recordings.start({ room: 'class-42' })
  const url = await api.listen()
  const folder = await mkdtemp(join(tmpdir(), 'panorec-highlight-'))
  return {
    ...{ api, url, folder },
    run: (command: string, ...args: string[]) => panorec([command, ID, '--url', url, '--key', KEY, ...args]),
    /** Moves the first highlight on once the command has triggered it. */
    async becomes(part: Partial<Highlight>) {
      await vi.waitFor(() => expect(api.highlights.triggered).toBe(1), { timeout: 15_000 })
      api.highlights.change(HL, part)
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

test.concurrent('triggers with everything that it was told, and prints the links', async () => {
  await using service = await openService()
  const at = ['--at', '2026-11-21T09:14:00Z', '--pre', '7.5', '--post', '0']
  const own = ['--metadata', 'page=7', '--metadata', 'formula=a=b']
  const { code, out, err } = await service.run('highlight', ...at, ...own, '--label', 'Great answer', '--by', 'Ms Li')
  expect([code, err]).toEqual([0, ''])
  const highlight = await service.api.highlights.get(HL)
  expect(highlight).toMatchObject({ at: '2026-11-21T09:14:00.000Z', preSec: 7.5, postSec: 0, by: 'Ms Li' })
  expect(highlight.metadata).toEqual({ page: '7', formula: 'a=b' })
  expect(out.split('\n')[0]).toBe(`${HL}: waiting`)
  for (const link of Object.values(highlight.links)) expect(out).toContain(`${service.url}${link}\n`)
})

test.concurrent('waits, says what was cut and what is missing in it, and saves the clip', async () => {
  await using service = await openService()
  await service.api.store.put(`${ID}/highlights/${HL}/clip.mp4`, new TextEncoder().encode('the clip'))
  const file = join(service.folder, 'clip.mp4')
  const running = service.run('highlight', '--output', file)
  const from = '2026-11-21T09:00:00.000Z'
  const gaps = [{ from: '2026-11-21T09:00:05.000Z', to: '2026-11-21T09:00:06.000Z' }]
  const clamped = { from: '2026-11-21T08:59:40.000Z' }
  await service.becomes({ state: 'ready', durationSec: 9, bytes: 2_500_000, from, gaps, clamped })
  const { code, out } = await running
  expect(code).toBe(0)
  expect(out).toContain(`${HL}: ready, 9.00 s, 2.5 MB\n`)
  expect(out).toContain(`begins at ${from}: nothing is recorded before`)
  expect(out).toContain(`leaves out ${gaps[0]?.from} to ${gaps[0]?.to}`)
  expect(out).toContain(`saved as ${file}\n`)
  expect(await readFile(file, 'utf8')).toBe('the clip')
  expect(await readdir(service.folder)).toEqual(['clip.mp4'])
})

test.concurrent('ends with 1 and the reason when the clip fails', async () => {
  await using service = await openService()
  const running = service.run('highlight', '--wait')
  const error = { code: 'highlight.no-media', message: 'Nothing is stored then; nearest: 09:10 to 09:12' }
  await service.becomes({ state: 'failed', error })
  const { code, err } = await running
  expect([code, err]).toEqual([1, `panorec: ${HL} failed: ${error.message} (highlight.no-media)\n`])
})

test.concurrent.each([
  [
    'a file that cannot be written',
    'highlight',
    ['--output', '/nowhere/clip.mp4'],
    /saved as \/nowhere\/clip.mp4: ENOENT/,
  ],
  [
    'a clip that is not there',
    'highlight',
    ['--output', 'clip.mp4'],
    /clip\.mp4 cannot be downloaded: .* answered 404 \(/,
  ],
])('says why it cannot save: %s', async (_name, command, args, message) => {
  await using service = await openService()
  if (args[1] !== 'clip.mp4') await service.api.store.put(`${ID}/highlights/${HL}/clip.mp4`, new Uint8Array(9))
  const running = service.run(command, ...args)
  await service.becomes({ state: 'ready' })
  expect(await running).toMatchObject({ code: 1, err: expect.stringMatching(message) })
})

test.concurrent('lists what there is', async () => {
  await using service = await openService()
  await service.api.highlights.trigger(ID, { at: '2026-11-21T09:14:00.000Z', label: 'Great answer', by: 'Ms Li' })
  service.api.highlights.change(HL, { state: 'ready', durationSec: 30, favourite: true })
  const { code, out } = await service.run('highlights')
  expect([code, out]).toEqual([
    0,
    `${HL}  2026-11-21T09:14:00.000Z  ready     30.00 s  Great answer  by Ms Li  (favourite)\n`,
  ])
})

test.concurrent.each([
  [
    'an unknown recording',
    ['rec_x', '--key', KEY],
    /^panorec: There is no recording with this id; .* \(recording\.not-found\)\n$/,
  ],
  ['no key', [ID], /^panorec: .*API key.* \(auth\.missing\)\n$/],
  [
    'a wrong time',
    [ID, '--key', KEY, '--at', 'noon'],
    /^panorec: `\/at` must be a time of RFC 3339.* \(request\.invalid\)\n$/,
  ],
  ['a wrong number', [ID, '--key', KEY, '--pre', 'ten'], /It must be a number of seconds from 0 to 600/],
  ['no URL', [ID, '--url', 'here'], /^panorec: `--url` must be an http or https URL, but was here \(url\.invalid\)\n$/],
  [
    'no service',
    [ID, '--url', 'http://127.0.0.1:9'],
    /^panorec: No service answers at .* --url \(service\.unreachable\)\n$/,
  ],
])('says what to do about %s', async (_name, args, message) => {
  await using service = await openService()
  const { code, out, err } = await panorec(['highlight', '--url', service.url, ...args])
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(message)
})

test.concurrent('takes the key from the environment, so that no list of processes shows it', async () => {
  await using service = await openService()
  const { code, out } = await panorec(['highlights', ID, '--url', service.url], { PANOREC_API_KEY: KEY })
  expect([code, out]).toEqual([0, ''])
})
