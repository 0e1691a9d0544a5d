import { describe, expect, it } from 'vitest'
import {
  crowdedFolders,
  findCycles,
  folderCycles,
  forbiddenArrows,
  impurities,
  longFunctions,
  reachesPastIndex,
  saysWhatItIsFor,
  unusedPermissions,
} from './check-house.ts'
import { findUnusedExports } from './find-unused.ts'
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
    expect(arrowsOf('src/recording/state.ts', `import '../timing/index.ts'`)).toHaveLength(1)
    expect(arrowsOf('src/recording/use-cases.ts', `import './state.ts'\nimport '../timing/index.ts'`)).toEqual([])
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

  it.each([
    'setTimeout(act, 5)',
    'globalThis.setInterval(act, 5)',
    'setImmediate(act)',
    `import { setTimeout as sleep } from 'node:timers/promises'`,
  ])('sees a wait by hand in: %s', (text) => expect(powersOf(text)).toContain('waits by hand'))

  it.each([`readFile('/proc/self/stat')`, 'readFile(`/proc/$' + '{pid}/stat`)', `list('/sys/fs/cgroup')`])(
    'sees a look at the system in: %s',
    (text) => expect(powersOf(text)).toContain('reads /proc'),
  )

  it.each([`put('recording.json')`, 'put(`$' + '{id}/clip.mp4`)', `get(id + '/live.m3u8')`])(
    'sees an object of the store named by: %s',
    (text) => expect(powersOf(text)).toContain('names an object of the store'),
  )

  it.each(['Date.now()', 'new Date()', 'Math.random()', 'performance.now()'])('sees a clock or chance in: %s', (text) =>
    expect(powersOf(text)).toContain('asks a clock or chance'),
  )

  it('sees none where there is none', () => {
    expect(
      powersOf(
        `const env = { exit: 1 }\nchild.on('SIGTERM', env.exit)\nprocess.on('message', env)\nthrow new Error('ffmpeg failed')\nnew Date(5)\nclearTimeout(env)`,
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

describe('reachesPastIndex', () => {
  const reaches = (path: string, text: string) => reachesPastIndex(parseModule(path, text))

  it('lets rooms meet at their index, at ports and at the words', () => {
    expect(reaches('src/api/app.ts', `import '../recording/create-recordings.ts'`)).toHaveLength(1)
    expect(reaches('src/api/app.ts', `import '../recording/index.ts'\nimport './x.ts'`)).toEqual([])
    expect(reaches('src/db/rows.ts', `import '../store/segment-store.ts'\nimport '../protocol/ids.ts'`)).toEqual([])
  })

  it('takes a room inside of a room for one of its own', () => {
    expect(reaches('src/highlights/planner.ts', `import './rules/rest.ts'`)).toHaveLength(1)
    expect(reaches('src/highlights/clips/jobs.ts', `import '../planner.ts'`)).toEqual([])
  })
})

describe('unusedPermissions', () => {
  it('names arrows, packages and powers that nobody uses', () => {
    const unused = unusedPermissions([parseModule('src/room/room.ts', `import '../protocol/index.ts'`)])
    expect(unused).toContain('src/playlist need not import src/protocol')
    expect(unused).not.toContain('src/room need not import src/protocol')
    expect(unused).toContain('src/protocol need not import typebox')
    expect(unused).toContain('src/machine never reads /proc')
  })
})

describe('longFunctions', () => {
  it('counts a function with everything inside of it', () => {
    const long = `export function run() {\n${'  step()\n'.repeat(59)}}`
    expect(longFunctions(parseModule('src/room/room.ts', long))).toEqual(['src/room/room.ts:1 run (61 lines)'])
    expect(longFunctions(parseModule('src/room/room.ts', long.replace('  step()\n', '')))).toEqual([])
    expect(longFunctions(parseModule('src/room/room.ts', `const a = () => {\n${'\n'.repeat(60)}}`))).toHaveLength(1)
  })
})

describe('impurities', () => {
  const impure = (path: string, text: string) => impurities(parseModule(path, text))

  it('holds files to the promise of their name', () => {
    expect(impure('src/worker/plan-admission.ts', `import 'node:os'\nexport const now = Date.now()`)).toHaveLength(2)
    expect(impure('src/recording/state.ts', 'export const at = new Date()')).toHaveLength(1)
    expect(impure('src/worker/admission.ts', 'export const now = Date.now()')).toEqual([])
    expect(impure('src/worker/plan-admission.ts', 'export const at = (ms: number) => new Date(ms)')).toEqual([])
  })
})

describe('crowdedFolders', () => {
  it('counts what lies beside each other, not what lies below', () => {
    const files = Array.from({ length: 26 }, (_, index) => `src/room/f${index}.ts`)
    expect(crowdedFolders(files)).toEqual(['src/room (26)'])
    expect(
      crowdedFolders(files.map((path, index) => (index < 2 ? path.replace('room/', 'room/inner/') : path))),
    ).toEqual([])
  })
})

describe('folderCycles', () => {
  it('finds folders of a page that import each other through other files', () => {
    const modules = [
      parseModule('console/player/a.ts', `import '../views/b.ts'`),
      parseModule('console/views/b.ts', ''),
      parseModule('console/views/c.ts', `import '../player/d.ts'`),
      parseModule('console/player/d.ts', ''),
      parseModule('console/main.ts', `import './player/a.ts'`),
    ]
    expect(folderCycles('console', modules)).toEqual([['console/player', 'console/views', 'console/player']])
    expect(folderCycles('console', modules.slice(0, 2))).toEqual([])
  })
})

describe('findUnusedExports', () => {
  it('counts a use through an index, and no passing on', () => {
    const modules = [
      parseModule('src/room/a.ts', 'export const used = 1\nexport const passed = 2\nexport const alone = 3'),
      parseModule('src/room/index.ts', `export { used, passed } from './a.ts'`),
      parseModule('src/api/app.ts', `import { used } from '../room/index.ts'\nexport const app = used`),
    ]
    expect(findUnusedExports(modules, [])).toEqual([
      'src/room/a.ts:2 passed',
      'src/room/a.ts:3 alone',
      'src/room/index.ts passes on passed',
      'src/api/app.ts:2 app',
    ])
    expect(findUnusedExports(modules, ['src/api/app.ts'])).toHaveLength(3)
  })

  it('follows an export of everything, and an import of everything', () => {
    const file = parseModule('src/room/a.ts', 'export const one = 1\nexport type Two = 2')
    const index = parseModule('src/room/index.ts', `export * from './a.ts'`)
    const user = parseModule('src/api/app.ts', `import { one } from '../room/index.ts'\none`)
    const lazy = parseModule('src/api/lazy.ts', `await import('../room/index.ts')`)
    expect(findUnusedExports([file, index, user], [])).toEqual(['src/room/a.ts:2 Two'])
    expect(findUnusedExports([file, index, lazy], [])).toEqual([])
  })
})
