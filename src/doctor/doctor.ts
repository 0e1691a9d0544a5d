import type { Config } from '../config/index.ts'
import { type CapacityTrial, capacityExamination } from './doctor-capacity.ts'
import { chromeExaminations } from './doctor-chrome.ts'
import { ffmpegExamination } from './doctor-ffmpeg.ts'
import { describeFinding, type Examination, runExamination } from './doctor-finding.ts'
import { fontsExamination, hostExaminations } from './doctor-host.ts'
import { serviceExaminations } from './doctor-services.ts'

/**
 * Looks at everything that a recording needs and prints one line for each, with what to do where something is wrong.
 * True when nothing keeps this machine from recording. It makes the data folder and migrates the database, as `serve`
 * does, and leaves nothing else.
 */
export async function runDoctor(config: Config, trial: CapacityTrial, out: (line: string) => void): Promise<boolean> {
  let isHealthy = true
  for (const examination of examinationsOf(config, trial)) {
    const finding = await runExamination(examination)
    for (const line of describeFinding(finding)) out(line)
    isHealthy &&= finding.verdict !== 'bad'
  }
  out(isHealthy ? 'Ready to record.' : 'Not ready: see the lines that begin with ✗.')
  return isHealthy
}

function examinationsOf(config: Config, trial: CapacityTrial): Examination[] {
  return [
    ...chromeExaminations(config.chromePath),
    ffmpegExamination(config.ffmpegPath),
    fontsExamination,
    ...hostExaminations(config.dataDir, config.maxRecordings),
    ...serviceExaminations(config),
    capacityExamination(config, trial),
  ]
}
