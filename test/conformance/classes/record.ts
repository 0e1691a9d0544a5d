import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assertNothingLeft, takeStock } from '../../kit/index.ts'
import { useOwnTemporaryFolder } from '../../kit/service/own-folder.ts'
import { TestService } from '../../kit/service/test-service.ts'
import { describeStalls, readStalls, type Stall, startStallMeter } from '../../kit/watch/stall-meter.ts'
import { type ClassName, DATA, STORY } from './class-names.ts'
import { holdEventfulClass } from './eventful-class.ts'
import { holdSteadyClass } from './steady-class.ts'

/** Five frames: the most that 99 of 100 leave of the steady class's twenty seconds. */
const STALLED_MAX_MS = 200
/** A class in which the machine stalled longer says nothing, and is held again at most so often. */
const REPEATS = 2

const HOLD: Readonly<Record<ClassName, (service: TestService, folder: string) => Promise<object>>> = {
  steady: holdSteadyClass,
  eventful: holdEventfulClass,
}

/** Records a class that the recorded tests read, into a folder of its own: `record.ts <folder> <class>`. */
const [folder = '', name = ''] = process.argv.slice(2)
await record(name as ClassName, join(folder, name))
process.exit(0)

async function record(className: ClassName, path: string): Promise<void> {
  for (let repeats = 0; ; repeats += 1) {
    await rm(path, { recursive: true, force: true })
    await mkdir(path, { recursive: true })
    const { story, stalls } = await hold(className, path)
    await writeFile(join(path, STORY), JSON.stringify({ ...story, stalls }))
    const stalledMs = stalls.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
    if (stalledMs <= STALLED_MAX_MS) return
    console.error(`The ${className} class is inconclusive: ${describeStalls(stalls)}.`)
    if (repeats === REPEATS) return
    console.error('It is held again.')
  }
}

async function hold(className: ClassName, path: string): Promise<{ story: object; stalls: readonly Stall[] }> {
  using _own = useOwnTemporaryFolder()
  const stalls = join(path, 'stalls')
  await using _meter = await startStallMeter(stalls)
  const before = await takeStock()
  const story = await holdIn(className, path)
  await assertNothingLeft(before)
  return { story, stalls: await readStalls(stalls) }
}

async function holdIn(className: ClassName, path: string): Promise<object> {
  await using service = await TestService.start({
    PANOREC_DATA_DIR: join(path, DATA),
    PANOREC_LOG_LEVEL: 'error',
    PANOREC_MAX_CLIPS: '2',
  })
  return await HOLD[className](service, path)
}
