import { readFile } from 'node:fs/promises'
import type { Config } from '../config/index.ts'
import { AppError, type RecordingSpec, RecordingSpecSchema } from '../protocol/index.ts'
import { compileCheck, mismatchError } from '../protocol/mismatch.ts'
import { type FolderRecording, recordToFolder } from '../recorder/index.ts'
import { checkSpec } from '../recording/index.ts'
import { createLogger } from '../telemetry/index.ts'
import { RECORDER_PAGE_DIR } from './bundles.ts'

/** Reads a spec from a file and records it into a folder, with no server. `signal` ends the recording in order. */
export async function record(
  path: string,
  { out, config, signal }: { readonly out: string; readonly config: Config; readonly signal: AbortSignal },
): Promise<FolderRecording> {
  const spec = await readSpec(path)
  return await recordToFolder(spec, {
    outDir: out,
    signal,
    pageDir: RECORDER_PAGE_DIR,
    logger: createLogger({ level: config.logLevel }),
    logLevel: config.logLevel,
    allowPrivateHosts: config.allowPrivateHosts,
    compositor: config.compositor,
    sourcePlayer: config.sourcePlayer,
    ...(config.chromePath !== undefined && { chromePath: config.chromePath }),
  })
}

const findMismatch = compileCheck(RecordingSpecSchema)

async function readSpec(path: string): Promise<RecordingSpec> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('request.invalid', `The file ${path} cannot be read.`, { received: path, cause })
  })
  const spec = parseJson(text, path)
  const mismatch = findMismatch(spec)
  if (mismatch !== undefined) throw mismatchError('request.invalid', mismatch, `The spec in ${path}`)
  checkSpec(spec as RecordingSpec)
  return spec as RecordingSpec
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('request.malformed', `The file ${path} is not JSON.`, { cause })
  }
}
