import { execFile } from 'node:child_process'
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { defaultMaxRecordings } from '../config/index.ts'
import { type Examination, formatBytes, type Verdict } from './doctor-finding.ts'

/** Less than the spool of one recording needs when its store is away for an hour. */
const LEAST_FREE_BYTES = 1.5e9
/** Less than this fills up within a day of one recording. */
const COMFORTABLE_FREE_BYTES = 30e9
/** Docker gives 64 MB; Chrome's processes share pictures there and crash when it is full. */
const LEAST_SHARED_MEMORY_BYTES = 256e6

/** Cores, shared memory and the data folder. */
export function hostExaminations(dataDir: string, maxRecordings: number): Examination[] {
  return [
    { name: 'Cores', advice: '', examine: async () => judgeCores(availableParallelism(), maxRecordings) },
    {
      name: 'Shared memory',
      advice: 'Mount a tmpfs at /dev/shm.',
      examine: examineSharedMemory,
    },
    {
      name: 'Data folder',
      advice: `Make ${dataDir} writable for this user, or set PANOREC_DATA_DIR to a folder that is.`,
      examine: () => examineFolder(dataDir),
    },
  ]
}

/** Whether this many recordings at once fit. */
export function judgeCores(cores: number, maxRecordings: number): Verdict {
  const found = `${cores}, for at most ${maxRecordings} recordings at once`
  const most = defaultMaxRecordings(cores)
  if (maxRecordings <= most) return { verdict: 'good', found }
  return {
    verdict: 'warning',
    found,
    advice: `Set PANOREC_MAX_RECORDINGS to ${most} or less, or pictures will be dropped.`,
  }
}

async function examineSharedMemory(): Promise<Verdict> {
  if (process.platform !== 'linux') return { verdict: 'good', found: 'not used on this system' }
  const { blocks, bsize } = await statfs('/dev/shm')
  const found = `${formatBytes(blocks * bsize)} at /dev/shm`
  if (blocks * bsize >= LEAST_SHARED_MEMORY_BYTES) return { verdict: 'good', found }
  return { verdict: 'warning', found, advice: 'Start the container with --shm-size=1g, or pages of Chrome will crash.' }
}

async function examineFolder(path: string): Promise<Verdict> {
  await mkdir(path, { recursive: true })
  const probe = join(path, `.doctor-${process.pid}`)
  await writeFile(probe, 'probe')
  await rm(probe)
  const { bavail, bsize } = await statfs(path)
  return judgeSpace(path, bavail * bsize)
}

/** Whether so much free space is enough to record. */
export function judgeSpace(path: string, freeBytes: number): Verdict {
  const found = `${path} is writable, ${formatBytes(freeBytes)} free`
  const advice = 'Free some space: a recording with the default settings takes 1.2 GB an hour.'
  if (freeBytes < LEAST_FREE_BYTES) return { verdict: 'bad', found, advice }
  return freeBytes < COMFORTABLE_FREE_BYTES ? { verdict: 'warning', found, advice } : { verdict: 'good', found }
}

const FONTS = [
  { script: 'Chinese', pattern: ':lang=zh-cn', file: /CJK|HanSans|SourceHan/i, package: 'fonts-noto-cjk' },
  { script: 'Japanese', pattern: ':lang=ja', file: /CJK|HanSans|SourceHan/i, package: 'fonts-noto-cjk' },
  { script: 'Korean', pattern: ':lang=ko', file: /CJK|HanSans|SourceHan/i, package: 'fonts-noto-cjk' },
  { script: 'Arabic', pattern: ':lang=ar', file: /Arabic|DejaVuSans/i, package: 'fonts-noto-core' },
  { script: 'emoji', pattern: ':charset=1f600:color=true', file: /Emoji/i, package: 'fonts-noto-color-emoji' },
] as const

/** Names and messages are drawn with the fonts of the machine; a script without a font is drawn as boxes. */
export const fontsExamination: Examination = {
  name: 'Fonts',
  advice:
    'Install fontconfig and Noto fonts: `apt-get install fontconfig fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji`.',
  async examine(signal) {
    const missing = []
    for (const font of FONTS) if (!(await hasFont(font, signal))) missing.push(font)
    const scripts = FONTS.map(({ script }) => script).join(', ')
    if (missing.length === 0) return { verdict: 'good', found: scripts }
    const packages = [...new Set(missing.map((font) => font.package))].join(' ')
    const found = `none for ${missing.map(({ script }) => script).join(', ')}`
    return {
      verdict: 'warning',
      found,
      advice: `Install them, or such text is recorded as boxes: \`apt-get install ${packages}\`.`,
    }
  },
}

/** Asks fontconfig, as Chrome does; without its program, the names of the installed files. */
async function hasFont({ pattern, file }: (typeof FONTS)[number], signal: AbortSignal): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('fc-list', [pattern, 'family'], { signal })
    return stdout.trim() !== ''
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const files = await readdir('/usr/share/fonts', { recursive: true })
    return files.some((name) => file.test(name))
  }
}
