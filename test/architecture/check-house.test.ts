import { describe, expect, it } from 'vitest'
import { findCycles, forbiddenArrows, saysWhatItIsFor } from './check-house.ts'
import { parseModule } from './read-module.ts'

const arrowsOf = (path: string, text: string) => forbiddenArrows(parseModule(path, text))
const powersOf = (text: string) => parseModule('src/room/room.ts', text).powers.map(({ power }) => power)

describe('forbiddenArrows', () => {
  it.each([
    ['a static import', `import { run } from '../recorder/run.ts'`],
    ['a type import', `import type { Run } from '../recorder/index.ts'`],
    ['a dynamic import', `export const load = () => import('../recorder/run.ts')`],
    ['a re-export', `export { run } from '../recorder/run.ts'`],
    ['an export of everything', `export * from '../recorder/run.ts'`],
    ['a worker', `new Worker(new URL('../recorder/run.ts', import.meta.url))`],
  ])('sees %s', (_, text) => {
    expect(arrowsOf('src/api/app.ts', text)).toEqual([
      expect.stringMatching(/^src\/api\/app\.ts must not import src\/recorder\//),
    ])
  })

  it('keeps Node and packages out of pure parts', () => {
    const text = `import 'node:fs'\nimport 'hls.js'\nimport Type from 'typebox'`
    expect(arrowsOf('src/room/room.ts', text)).toEqual([
      'src/room/room.ts must not import node:fs',
      'src/room/room.ts must not import hls.js',
      'src/room/room.ts must not import typebox',
    ])
    expect(arrowsOf('src/protocol/ids.ts', `import { Compile } from 'typebox/compile'`)).toEqual([])
  })

  it('keeps drivers apart, and lets them fulfil ports', () => {
    expect(arrowsOf('src/db/index.ts', `import '../store/s3-segment-store.ts'`)).toHaveLength(1)
    expect(arrowsOf('src/db/index.ts', `import type { RoomHistory } from '../hub/room-history.ts'`)).toEqual([])
    expect(arrowsOf('src/db/index.ts', `import { createHub } from '../hub/create-hub.ts'`)).toHaveLength(1)
  })

  it('gives a file stricter rules than its folder', () => {
    expect(arrowsOf('src/recording/state.ts', `import '../outbound/index.ts'`)).toHaveLength(1)
    expect(arrowsOf('src/recording/use-cases.ts', `import './state.ts'\nimport '../outbound/index.ts'`)).toEqual([])
  })

  it('refuses a folder that is not in the table', () => {
    expect(arrowsOf('src/utils/strings.ts', '')).toHaveLength(1)
  })
})

describe('powers', () => {
  it.each([
    'export const home = process.env.HOME',
    `export const home = process['env']`,
    'export const home = globalThis.process.env.HOME',
    'const { env } = process\nexport default env',
    `import { env } from 'node:process'\nexport default env`,
  ])('sees the environment read by: %s', (text) => {
    expect(powersOf(text)).toContain('reads the environment')
  })

  it.each([
    'process.exit(1)',
    'process.exitCode = 1',
    `process.once('SIGTERM', stop)`,
    'for (const s of all) process.on(s, stop)',
  ])('sees power over the process in: %s', (text) =>
    expect(powersOf(text)).toContain('ends the process or handles its signals'),
  )

  it.each([`spawn('ffmpeg', [])`, `spawn('/usr/bin/ffprobe')`, `import ffmpeg from 'fluent-ffmpeg'`])(
    'sees FFmpeg named by: %s',
    (text) => {
      expect(powersOf(text)).toContain('names FFmpeg programs or its library')
    },
  )

  it('sees none where there is none', () => {
    expect(
      powersOf(
        `const env = { exit: 1 }\nchild.on('SIGTERM', env.exit)\nprocess.on('message', env)\nthrow new Error('ffmpeg failed')`,
      ),
    ).toEqual([])
  })
})

describe('findCycles', () => {
  it('names the files of a circle in order', () => {
    const modules = [
      parseModule('src/room/a.ts', `import './b.ts'`),
      parseModule('src/room/b.ts', `import './c.ts'`),
      parseModule('src/room/c.ts', `import type { A } from './a.ts'`),
    ]
    expect(findCycles(modules)).toEqual([['src/room/a.ts', 'src/room/b.ts', 'src/room/c.ts', 'src/room/a.ts']])
    expect(findCycles(modules.slice(0, 2))).toEqual([])
  })
})

describe('saysWhatItIsFor', () => {
  it('wants a doc comment first, with a limit in it', () => {
    expect(saysWhatItIsFor('/** Draws. It never reads a clock. */\nexport {}')).toBe(true)
    expect(saysWhatItIsFor(`import { a } from './a.ts'\n\n/** Draws, nothing else. */\nexport { a }`)).toBe(true)
    expect(saysWhatItIsFor('/** Draws. */\nexport {}')).toBe(false)
    expect(saysWhatItIsFor('export {}\n/** It never reads. */')).toBe(false)
  })
})
